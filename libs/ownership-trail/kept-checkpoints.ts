import { sameHash } from '../transparency-log/merkle-hash.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { trustCheckpoint, type TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { neighboursOf } from './checkpoint-archive.js';
import { firstForm, lastForm } from './trail-files.js';
import { seenBetween, type SeenBetween } from './seen-between.js';
import type { TrailReader } from './trail-reader.js';

/** Leaves between two kept checkpoints: all of them came into the log between the same times. */
export interface SeenRun {
  /** the first leaf after the run */
  readonly until: number;
  readonly seen: SeenBetween;
}

export interface KeptCheck {
  /** what is wrong with it */
  readonly problem?: string;
  /** which of its forms has not the quorum that the policy asks for */
  readonly unwitnessed?: string;
}

/** The checkpoints that a log has kept, under somebody's policy. */
export class KeptCheckpoints {
  constructor(
    private readonly log: TrailReader,
    /** rising */
    readonly sizes: readonly number[],
    private readonly policy: TlogPolicy,
  ) {}

  /** When the leaf came into the log, and the others up to the next kept checkpoint. A broken one vouches for nothing. */
  async runAt(index: number): Promise<SeenRun> {
    const { before, after } = neighboursOf(index, this.sizes);
    const [without, first] = await Promise.all([
      before === undefined
        ? undefined
        : this.#trusted(lastForm(before), before).then((last) => last ?? this.#first(before)),
      after === undefined ? undefined : this.#first(after),
    ]);
    return { until: after ?? Infinity, seen: seenBetween(without, first) };
  }

  /** Holds the kept checkpoint of a tree against its root. */
  async check(size: number, root: Uint8Array): Promise<KeptCheck> {
    const first = await this.#problemOf(firstForm(size), size, root);
    const last = await this.#problemOf(lastForm(size), size, root);
    if (first === undefined) return { problem: `${firstForm(size)} is missing` };
    const both = [first, last ?? first];
    return both.find(({ problem }) => problem !== undefined) ?? both.find(({ unwitnessed }) => unwitnessed) ?? {};
  }

  async #problemOf(path: string, size: number, root: Uint8Array): Promise<KeptCheck | undefined> {
    const note = await this.log.read(path);
    if (note === undefined) return undefined;
    const trusted = trustCheckpoint(note, this.policy);
    if (!trusted.ok) return { problem: `${path}: ${trusted.problem}` };
    const { checkpoint, quorum } = trusted.value;
    if (checkpoint.size !== size) return { problem: `${path}: is of ${checkpoint.size} leaves` };
    if (!sameHash(checkpoint.root, root)) return { problem: `${path}: the log does not continue it` };
    return quorum === 'missing' ? { unwitnessed: path } : {};
  }

  #first(size: number): Promise<TrustedCheckpoint | undefined> {
    return this.#trusted(firstForm(size), size);
  }

  async #trusted(path: string, size: number): Promise<TrustedCheckpoint | undefined> {
    const note = await this.log.read(path);
    const trusted = note && trustCheckpoint(note, this.policy);
    return trusted?.ok && trusted.value.checkpoint.size === size ? trusted.value : undefined;
  }
}
