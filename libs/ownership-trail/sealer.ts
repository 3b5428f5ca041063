import { encodeLeaf, leafOf, quarantinedLeaf, type Leaf } from '../contracts/leaf.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { leafHash } from '../transparency-log/merkle-hash.js';
import type { SealingKeys } from './sealing-keys.js';
import type { NewLeaf, TrailLog } from './trail-log.js';
import { TrailRefused } from './trail-refused.js';

/** Most leaves between two checkpoints. A batch is what is waiting, never a wait for a full one. */
export const MOST_LEAVES = 2_000;

/** An event that breaks a rule: whoever wrote it wrote past the commands, or the store lost what was sealed. */
export class EventRefused extends TrailRefused {
  override name = 'EventRefused';
  constructor(
    readonly event: RecordedEvent,
    /** the leaf that it would have by a decision in `log-quarantine` */
    readonly leaf: Leaf,
    readonly rule: string,
  ) {
    super(`event ${event.id} is not sealed: ${rule}`);
  }
}

/** Whether operator and auditor have decided that this event is sealed in spite of the rule that it breaks. */
export type IsQuarantined = (refused: EventRefused) => Promise<boolean>;

/** Puts every event of the store into the log, in the store's own order: anyone who holds the store can do it again. */
export class Sealer {
  constructor(
    private readonly log: TrailLog,
    private readonly keys: SealingKeys,
    private readonly isQuarantined: IsQuarantined = () => Promise.resolve(false),
  ) {}

  /**
   * Adds events that follow what was sealed, in memory: the log is to be written and signed afterwards.
   *
   * @returns how many were taken, and the event at which it stopped; nothing after that one is taken either
   */
  async take(events: readonly RecordedEvent[]): Promise<{ readonly taken: number; readonly refused?: EventRefused }> {
    const leaves: NewLeaf[] = [];
    try {
      for (const event of events) {
        const leaf = this.#checked(event, leaves.length);
        if (!(leaf instanceof EventRefused)) {
          leaves.push({ bytes: leaf, position: event.position });
          continue;
        }
        const flagged = (await this.isQuarantined(leaf)) ? this.#quarantined(leaf, leaves.length) : leaf;
        if (flagged instanceof EventRefused) return { taken: leaves.length, refused: flagged };
        leaves.push({ bytes: flagged, position: event.position });
      }
      return { taken: leaves.length };
    } finally {
      // What came before the event at which it stops is as good as ever.
      this.log.add(leaves);
    }
  }

  /** Seals one batch, durably. @throws EventRefused after sealing what came before the event that breaks a rule */
  async seal(events: readonly RecordedEvent[]): Promise<void> {
    const { taken, refused } = await this.take(events);
    if (taken > 0) {
      await this.log.writeTree();
      await this.log.sign();
    }
    if (refused) throw refused;
  }

  #checked(event: RecordedEvent, ahead: number): Buffer | EventRefused {
    const prev = this.log.chains.last(event.stream)?.hash;
    const refused = (rule: string): EventRefused => new EventRefused(event, quarantinedLeaf(event, prev), rule);
    let leaf: Leaf;
    let bytes: Buffer;
    try {
      leaf = leafOf(event, prev);
      bytes = encodeLeaf(leaf);
    } catch (fault) {
      // Of a given event both are pure: only what the event holds makes them fail.
      return refused(fault instanceof Error ? fault.message : 'it has no leaf');
    }
    const signed = this.keys.verify(leaf);
    if (!signed.ok) return refused(signed.problem);
    const broken = this.#chain(leaf, bytes, ahead);
    if (broken !== undefined) return refused(broken);
    this.keys.sealed(event);
    for (const vkey of this.keys.logKeys) this.log.announce(vkey);
    return bytes;
  }

  #quarantined({ event, leaf }: EventRefused, ahead: number): Buffer | EventRefused {
    const bytes = encodeLeaf(leaf);
    const broken = this.#chain(leaf, bytes, ahead);
    // Its place in the stream no decision can change: the store says it twice, or out of order.
    return broken === undefined ? bytes : new EventRefused(event, leaf, broken);
  }

  #chain(leaf: Leaf, bytes: Buffer, ahead: number): string | undefined {
    return this.log.chains.take(leaf, leafHash(bytes).toString('hex'), this.log.size + ahead)?.rule;
  }
}
