import { canonicalJson } from '../canonical-json/canonical-json.js';
import type { Leaf } from '../contracts/leaf.js';

/** Members of `change` that hold a value before and after. */
const TRACKED = ['state', 'cycle', 'steward', 'offeree', 'worker'] as const;
const NOBODY = 'null';

/** A run of one stream's leaves: what its first one claims to follow, and what its last one left. */
export interface Chain {
  readonly firstIndex: number;
  readonly firstRev: number;
  readonly firstPrev: string | undefined;
  /** whether the first leaf is quarantined, and so need not follow the one before but in its revision and hash */
  readonly firstExcused: boolean;
  /** what each tracked member was before the run, as its first change of it says */
  readonly before: Record<string, string>;
  rev: number;
  /** leaf hash of the last, hex */
  hash: string;
  after: Record<string, string>;
  /** After a quarantined leaf nobody vouches for what it left: what is not in `after` may be anything. */
  unsure: boolean;
}

/** What a stream's last leaf left: all that the next one is held against. */
export type ChainEnd = Pick<Chain, 'rev' | 'hash' | 'after' | 'unsure'>;

/** A rule of the chain that a leaf breaks. */
export interface BrokenRule {
  readonly index: number;
  readonly rule: string;
}

/**
 * Holds every stream's leaves together: revisions without a gap, each leaf with the hash of the one before, each change
 * from what was. A quarantined leaf is held to its place only. Parts of a log may be followed apart and joined, so that
 * several threads can read one log.
 */
export class StreamChains {
  readonly #chains = new Map<string, Chain>();

  /** @param whole from the log's first leaf on: a stream then begins at revision 0, out of nothing */
  constructor(private readonly whole: boolean) {}

  /** Of a log that was followed from its first leaf on, so far. */
  static resume(left: ReadonlyMap<string, ChainEnd>): StreamChains {
    const chains = new StreamChains(true);
    const start = { firstIndex: 0, firstRev: 0, firstPrev: undefined, firstExcused: false, before: {} };
    for (const [stream, chain] of left) chains.#chains.set(stream, { ...start, ...chain });
    return chains;
  }

  get chains(): ReadonlyMap<string, Chain> {
    return this.#chains;
  }

  /** Leaf hash (hex) of a stream's last leaf. */
  last(stream: string): Chain | undefined {
    return this.#chains.get(stream);
  }

  /** Takes the next leaf of the log. Nothing is changed where a rule is broken. */
  take(leaf: Leaf, hash: string, index: number): BrokenRule | undefined {
    const isExcused = leaf.quarantined === true;
    const chain: Chain = {
      firstIndex: index,
      firstRev: Number(leaf.rev),
      firstPrev: leaf.prev,
      firstExcused: isExcused,
      before: {},
      rev: Number(leaf.rev),
      hash,
      after: {},
      unsure: isExcused,
    };
    if (isExcused) return this.join(leaf.stream, chain);
    const changes = (leaf.change ?? {}) as Record<string, { from?: unknown; to?: unknown } | undefined>;
    for (const name of TRACKED) {
      const change = changes[name];
      if (change === undefined) continue;
      chain.before[name] = canonicalJson(change.from ?? null);
      chain.after[name] = canonicalJson(change.to ?? null);
    }
    return this.join(leaf.stream, chain);
  }

  /** Takes a run that follows what is here. */
  join(stream: string, next: Chain): BrokenRule | undefined {
    const chain = this.#chains.get(stream);
    const broken = (rule: string): BrokenRule => ({ index: next.firstIndex, rule });
    if (chain === undefined) {
      if (this.whole) {
        if (next.firstRev !== 0 && !next.firstExcused)
          return broken(`the stream begins with revision ${next.firstRev}`);
        if (next.firstPrev !== undefined) return broken('the first leaf of a stream has a predecessor');
        const odd = Object.entries(next.before).find(([, value]) => value !== NOBODY);
        if (odd) return broken(`change of ${odd[0]} is not from what was`);
      }
      this.#chains.set(stream, next);
      return undefined;
    }
    const follows = next.firstExcused ? next.firstRev > chain.rev : next.firstRev === chain.rev + 1;
    if (!follows) return broken(`revision ${next.firstRev} follows ${chain.rev}`);
    if (next.firstPrev !== chain.hash) return broken('prev is not the leaf before');
    for (const [name, value] of Object.entries(next.before)) {
      const was = chain.after[name] ?? (this.whole && !chain.unsure ? NOBODY : undefined);
      if (was === undefined && !chain.unsure) chain.before[name] = value;
      else if (was !== undefined && was !== value) return broken(`change of ${name} is not from what was`);
    }
    chain.rev = next.rev;
    chain.hash = next.hash;
    chain.after = next.unsure ? next.after : Object.assign(chain.after, next.after);
    chain.unsure ||= next.unsure;
    return undefined;
  }
}
