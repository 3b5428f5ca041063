import { parseVkey, SIGNATURE_TYPE, type NoteKey, type SignatureType } from './note-key.js';
import { parsed, refused, type Parsed } from './parsed.js';
import type { PolicyGroup, PolicyLog, PolicyWitness, TlogPolicy } from './tlog-policy.js';

/** Each; C2SP asks for at least 32. */
const MOST_OF_A_KIND = 256;
const NONE = 'none';

/** Takes the lines of a policy file one after the other. */
export class PolicyReader {
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #named = new Map<string, PolicyWitness | PolicyGroup>();
  readonly #grouped = new Set<string>();
  #groups = 0;
  #quorum: { readonly rule: PolicyWitness | PolicyGroup | undefined } | undefined;

  /** @returns what is wrong with the line, or undefined */
  take(line: string): string | undefined {
    const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (keyword === undefined || keyword.startsWith('#')) return undefined;
    switch (keyword) {
      case 'log':
        return this.#log(items);
      case 'witness':
        return this.#witness(items);
      case 'group':
        return this.#group(items);
      case 'quorum':
        return this.#setQuorum(items);
      default:
        return 'begins with none of log, witness, group, quorum';
    }
  }

  policy(): Parsed<TlogPolicy> {
    if (this.#quorum === undefined) return refused('policy: has no quorum line');
    return parsed({ logs: this.#logs, witnesses: this.#witnesses, quorum: this.#quorum.rule });
  }

  #log([vkey, url, ...more]: readonly string[]): string | undefined {
    if (vkey === undefined || more.length > 0) return 'is not: log <vkey> [<url>]';
    const key = keyOf(vkey, SIGNATURE_TYPE.ed25519, 'a log signs with type Ed25519 (1)');
    if (typeof key === 'string') return key;
    if (hasKey(this.#logs, key)) return 'lists a log key a second time';
    if (this.#logs.length === MOST_OF_A_KIND) return `is one log more than ${MOST_OF_A_KIND}`;
    this.#logs.push({ key, ...urlOf(url) });
    return undefined;
  }

  #witness([name, vkey, url, ...more]: readonly string[]): string | undefined {
    if (name === undefined || vkey === undefined || more.length > 0) return 'is not: witness <name> <vkey> [<url>]';
    const key = keyOf(vkey, SIGNATURE_TYPE.cosignature, 'a witness signs with type Ed25519 cosignature (4)');
    if (typeof key === 'string') return key;
    if (hasKey(this.#witnesses, key)) return 'lists a witness key a second time';
    if (this.#witnesses.length === MOST_OF_A_KIND) return `is one witness more than ${MOST_OF_A_KIND}`;
    const witness: PolicyWitness = { name, key, ...urlOf(url) };
    this.#witnesses.push(witness);
    return this.#define(witness);
  }

  #group([name, rule, ...names]: readonly string[]): string | undefined {
    if (name === undefined || rule === undefined || names.length === 0)
      return 'is not: group <name> all|any|<number> <name>…';
    const members: (PolicyWitness | PolicyGroup)[] = [];
    for (const one of names) {
      const member = this.#named.get(one);
      if (member === undefined) return 'has a member that is not defined before it';
      if (this.#grouped.has(one)) return 'has a member that is in a group already';
      this.#grouped.add(one);
      members.push(member);
    }
    const threshold = rule === 'all' ? members.length : rule === 'any' ? 1 : decimal(rule);
    if (threshold === undefined || threshold > members.length) return 'asks for none or more than all of its members';
    if (this.#groups === MOST_OF_A_KIND) return `is one group more than ${MOST_OF_A_KIND}`;
    this.#groups += 1;
    return this.#define({ name, threshold, members });
  }

  #setQuorum([name, ...more]: readonly string[]): string | undefined {
    if (name === undefined || more.length > 0) return 'is not: quorum <name>';
    if (this.#quorum !== undefined) return 'is a second quorum';
    const rule = this.#named.get(name);
    if (rule === undefined && name !== NONE) return 'names a quorum that is not defined before it';
    this.#quorum = { rule };
    return undefined;
  }

  #define(one: PolicyWitness | PolicyGroup): string | undefined {
    if (one.name === NONE) return 'defines the name none';
    if (this.#named.has(one.name)) return 'defines a name a second time';
    this.#named.set(one.name, one);
    return undefined;
  }
}

function keyOf(octets: string, type: SignatureType, rule: string): NoteKey | string {
  const key = parseVkey(utf8(octets));
  if (!key.ok) return `has a key that is none: ${key.problem}`;
  return key.value.type === type ? key.value : `has a key of another type: ${rule}`;
}

/** Characters that UTF-8 does not give become the replacement character, which then is in no key or address. */
const utf8 = (octets: string): string => Buffer.from(octets, 'latin1').toString('utf8');

const urlOf = (octets: string | undefined): { url?: string } => (octets === undefined ? {} : { url: utf8(octets) });

const hasKey = (list: readonly { readonly key: NoteKey }[], { publicBytes }: NoteKey): boolean =>
  list.some(({ key }) => Buffer.compare(key.publicBytes, publicBytes) === 0);

const decimal = (text: string): number | undefined => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined);
