import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { formatEventKeys, parseEventKeys, type EventKeys } from '../contracts/event-keys.js';
import { openSigningKeys } from '../note-keys/signing-key-file.js';
import { formatVkey, idHex, parseVkey, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import { parsePolicy } from '../transparency-log/policy-file.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { eventKeysFileOf, keyFileOf, PENDING, policyFileOf } from './trail-files.js';
import { TrailRefused } from './trail-refused.js';

/** Where a log is kept and what it is signed with. */
export interface TrailPlace {
  readonly folder: string;
  /** of mode 0600, a line for each key, the one in use first; default `<folder>.key` */
  readonly keyFile?: string;
  /** C2SP tlog-policy; default `<folder>.policy` */
  readonly policyFile?: string;
  /** the log's name; default: the key's, and for a new key one of its own */
  readonly origin?: string;
  /** the keys of events that are trusted from the start (`parseEventKeys`); default `<folder>.event-keys` */
  readonly eventKeysFile?: string;
  /** vkey of the writing service, known to whoever starts both: where there is no such file yet, it is made of this */
  readonly writerKey?: string;
}

export interface TrailSetUp {
  readonly folder: string;
  readonly signers: readonly [NoteSigner, ...NoteSigner[]];
  readonly policy: TlogPolicy;
  readonly eventKeys: EventKeys;
}

const RANDOM_BYTES = 4;

/**
 * Reads a log's key and policy. Where there is no log yet both are made: a policy with the log's key, and no witnesses
 * until somebody names them.
 *
 * @throws TrailRefused, SigningKeyRefused in one line: a log without its key, a policy that is none or not of this log
 */
export function openTrailSetUp(place: TrailPlace, random: (bytes: number) => Uint8Array): TrailSetUp {
  const { folder, keyFile = keyFileOf(folder), policyFile = policyFileOf(folder), origin } = place;
  // A fresh key would sign another log under this one's files.
  if (existsSync(`${folder}/${PENDING}`) && !existsSync(keyFile))
    throw new TrailRefused(`the trail is there but its key ${keyFile} is not: put it there, no backup holds it`);
  const name = origin ?? { made: `baton.local/${Buffer.from(random(RANDOM_BYTES)).toString('hex')}` };
  const signers = openSigningKeys(keyFile, { name, type: SIGNATURE_TYPE.ed25519, random });
  return { folder, signers, policy: policyFrom(policyFile, signers), eventKeys: trustedEventKeys(place) };
}

function policyFrom(file: string, signers: readonly NoteSigner[]): TlogPolicy {
  const lines = signers.map(({ key }) => `log ${formatVkey(key)}\n`);
  if (!existsSync(file)) {
    const advice = '# Add witnesses: witness <name> <vkey> <url>, group <name> <number> <witness>…, quorum <name>\n';
    make(file, `${lines.join('')}${advice}quorum none\n`);
  }
  const policy = parsePolicy(readFileSync(file));
  if (!policy.ok) throw new TrailRefused(`${file}: ${policy.problem}`);
  const listed = policy.value.logs.map(({ key }) => formatVkey(key));
  const absent = signers.find(({ key }) => !listed.includes(formatVkey(key)));
  if (absent) throw new TrailRefused(`${file} has no line for this log's key: log ${formatVkey(absent.key)}`);
  return policy.value;
}

/**
 * The first key, by whose signature all later ones are announced: it stays in the file when the writer has another.
 *
 * @throws TrailRefused
 */
export function trustedEventKeys({
  folder,
  eventKeysFile: file = eventKeysFileOf(folder),
  writerKey,
}: TrailPlace): EventKeys {
  if (!existsSync(file)) {
    const key = writerKey === undefined || existsSync(`${folder}/${PENDING}`) ? undefined : parseVkey(writerKey);
    if (!key?.ok) throw new TrailRefused(`${file} is missing: put the public keys of events there (event-keys)`);
    make(file, formatEventKeys(new Map([[idHex(key.value.id), { key: key.value, from: ALWAYS }]])));
  }
  const keys = parseEventKeys(readFileSync(file));
  if (!keys.ok) throw new TrailRefused(`${file}: ${keys.problem}`);
  if (keys.value.size === 0) throw new TrailRefused(`${file} has no key`);
  return keys.value;
}

const ALWAYS = '1970-01-01T00:00:00.000Z';

/** Whole or not at all: half a policy would ask for less than it says. */
function make(file: string, text: string): void {
  const draft = `${file}.draft`;
  writeFileSync(draft, text, { mode: 0o644, flush: true });
  renameSync(draft, file);
}
