import type { RecordedEvent } from '../event-store/event-store.js';
import { waitingEvents } from '../event-store/waiting-events.js';
import { QuarantineDecisions } from './quarantine-decisions.js';
import { MOST_LEAVES, Sealer } from './sealer.js';
import { KEY_STREAM, SealingKeys } from './sealing-keys.js';
import type { TrailAlarms } from './trail-alarms.js';
import type { TrailParts, TrailTimes } from './trail-parts.js';
import type { TrailLog } from './trail-log.js';
import { TrailRefused } from './trail-refused.js';
import type { TrailObservation } from './trail-status.js';

export interface SealingParts extends Required<Pick<TrailParts, 'store' | 'eventKeys' | 'pause'>> {
  readonly log: TrailLog;
  readonly alarms: TrailAlarms;
  readonly times: Pick<TrailTimes, 'pace' | 'slice' | 'retry'>;
  readonly observe: (seen: TrailObservation) => void;
  /** after each checkpoint that was signed */
  readonly signed: () => void;
}

/** That a checkpoint is due, beside the events that come. */
const DUE = Symbol('due');
type EventBatches = ReturnType<typeof waitingEvents>;

/** Takes a store's events into a log as they come, and signs what was taken when a checkpoint is due. */
export class SealingWork {
  /** of the events in hand, which no checkpoint covers yet: when the oldest was recorded */
  #inHand: string | undefined;
  /** milliseconds that taking those has cost */
  #takingMs = 0;

  constructor(private readonly parts: SealingParts) {}

  /** When the oldest event was recorded that no checkpoint covers, ISO 8601; undefined where all are sealed. */
  async waitingSince(): Promise<string | undefined> {
    const { log, store } = this.parts;
    const after = log.sealedUpTo;
    return this.#inHand ?? timeOf((await store.readAll({ limit: 1, ...(after === undefined ? {} : { after }) }))[0]);
  }

  /** Seals what is in the store, and what comes, until the end. @throws what sealing cannot go on after by itself */
  async run(signal: AbortSignal): Promise<void> {
    const { store, eventKeys, log } = this.parts;
    // What was taken in memory when something failed comes first.
    await this.#sign(signal);
    const keyEvents = log.chains.last(KEY_STREAM)?.rev;
    const keys = await SealingKeys.restored(eventKeys, store, keyEvents === undefined ? 0 : keyEvents + 1);
    for (const vkey of keys.logKeys) log.announce(vkey);
    const decisions = new QuarantineDecisions(store, eventKeys);
    const sealer = new Sealer(log, keys, (refused) => decisions.isQuarantined(refused));
    const over = new AbortController();
    const ending = AbortSignal.any([signal, over.signal]);
    try {
      const waiting = waitingEvents(store, { after: log.sealedUpTo, batchSize: MOST_LEAVES, signal: ending });
      await this.#sealInSlices(sealer, waiting, signal);
    } finally {
      over.abort();
    }
  }

  /**
   * Takes events soon after they come, few at a time: all of a second at once would keep a core from the commands for a
   * good part of it. What was taken shares the next checkpoint.
   */
  async #sealInSlices(sealer: Sealer, batches: EventBatches, signal: AbortSignal): Promise<void> {
    let due: Promise<typeof DUE> = Promise.resolve(DUE);
    const sign = async (): Promise<void> => {
      await this.#sign(signal);
      due = this.parts.pause(this.parts.times.pace, signal).then(() => DUE);
    };
    let coming: ReturnType<EventBatches['next']> | undefined;
    while (!signal.aborted) {
      coming ??= batches.next();
      // What was taken waits for its checkpoint, not for the next event.
      const come = await (this.parts.log.isAhead ? Promise.race([due, coming]) : coming);
      if (come === DUE) {
        await sign();
        continue;
      }
      if (come.done === true) return;
      coming = undefined;
      await this.#take(sealer, come.value, signal);
      // A full batch has more behind it: what can be sealed is not held up.
      if (come.value.length === MOST_LEAVES) await sign();
      else await this.parts.pause(this.parts.times.slice, signal);
    }
  }

  async #take(sealer: Sealer, events: readonly RecordedEvent[], signal: AbortSignal): Promise<void> {
    for (let rest = events; rest.length > 0 && !signal.aborted;) {
      this.#inHand ??= timeOf(rest[0]);
      const began = performance.now();
      const { taken, refused } = await sealer.take(rest);
      this.#takingMs += performance.now() - began;
      rest = rest.slice(taken);
      if (refused) {
        await this.#sign(signal);
        this.parts.alarms.raise('sealing', { rule: refused.rule, eventId: refused.event.id });
        this.#inHand = timeOf(refused.event);
        await this.parts.pause(this.parts.times.retry, signal);
      } else this.parts.alarms.over('sealing');
    }
  }

  /** What was taken since the last checkpoint is part of the log. */
  async #sign(signal: AbortSignal): Promise<void> {
    const { log } = this.parts;
    const leaves = log.size - log.signed.size;
    const began = performance.now();
    await this.#durably(signal);
    if (signal.aborted) return;
    this.#inHand = undefined;
    const seconds = (this.#takingMs + performance.now() - began) / 1_000;
    this.#takingMs = 0;
    if (leaves > 0) this.parts.observe({ kind: 'sealed', leaves, size: log.size, seconds });
  }

  /** Writes and signs what was taken. What is in memory is ahead of the disk until this succeeds, so it must. */
  async #durably(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.parts.log.isAhead) {
      try {
        await this.parts.log.writeTree();
        await this.parts.log.sign();
        this.parts.alarms.faultOver('sealing');
        this.parts.signed();
      } catch (fault) {
        if (fault instanceof TrailRefused) throw fault;
        this.parts.alarms.noteFault('sealing', fault);
        await this.parts.pause(this.parts.times.retry, signal);
      }
    }
  }
}

const timeOf = (event: RecordedEvent | undefined): string | undefined => {
  const recordedAt = event?.metadata.recordedAt;
  return typeof recordedAt === 'string' ? recordedAt : undefined;
};
