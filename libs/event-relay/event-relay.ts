import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../decider/clock.js';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import { isRelayFault, type RelaySession, type RelayTarget } from './relay-target.js';
import { waitingEvents } from '../event-store/waiting-events.js';

export type RelayStore = Pick<EventStore, 'readAll' | 'subscribe' | 'head' | 'comparePositions'>;

export interface RelayOptions {
  readonly store: RelayStore;
  readonly target: RelayTarget;
  readonly clock: Clock;
  /** most events of one transaction, up to 10,000; default 2,000 */
  readonly batchSize?: number;
  /** milliseconds that an event may wait at a relay that took over before another one takes over; default 30,000 */
  readonly takeOverAfterMs?: number;
  /** Waits before the next try; resolves at once when the signal is given. */
  readonly pause?: (attempt: number, signal: AbortSignal) => Promise<void>;
  readonly observe?: (seen: RelayObservation) => void;
}

export type RelayObservation =
  | { readonly kind: 'began'; readonly position: Position | undefined }
  | { readonly kind: 'published'; readonly events: number; readonly seconds: number }
  | { readonly kind: 'fault'; readonly fault: Error }
  | { readonly kind: 'stands-by' };

/** `standing-by`: another relay works; this one takes over when events wait too long at it. */
export type RelayState = 'starting' | 'relaying' | 'standing-by' | 'stopped';

export interface RelayStatus {
  readonly state: RelayState;
  readonly position: Position | undefined;
  /** age in milliseconds of the oldest event that is not published; 0 where there is none */
  readonly behindMs: number;
  /** why it does not go on; without personal data */
  readonly fault: string | undefined;
}

const LONGEST_PAUSE_MS = 10_000;
const STAND_BY_LOOK_MS = 2_000;
/** Something must be changed by hand: meanwhile it asks now and then whether it was. */
const AFTER_FATAL = 20;

const growingPause: NonNullable<RelayOptions['pause']> = async (attempt, signal) => {
  await sleep(Math.min(LONGEST_PAUSE_MS, 50 * 2 ** attempt), undefined, { signal }).catch(() => undefined);
};

/**
 * Brings every event of a store to a target, each once and in order. It holds nothing: how far it is stands at the
 * target, written together with the events. What cannot be sent stops it; nothing is ever passed over.
 */
export class EventRelay {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private state: RelayState = 'starting';
  private position: Position | undefined;
  private fault: string | undefined;
  /** when the oldest event of those being published was recorded */
  private inHand: string | undefined;

  constructor(private readonly options: RelayOptions) {}

  /** Goes on in the background until `stop`. */
  start(): void {
    this.running = this.run();
  }

  /** After the batch under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.state = 'stopped';
  }

  async status(): Promise<RelayStatus> {
    const { state, position, fault } = this;
    return { state, position, fault, behindMs: await this.behindMs() };
  }

  private async behindMs(): Promise<number> {
    const recordedAt = this.inHand ?? timeOf(await this.firstWaiting(this.position));
    return recordedAt === undefined ? 0 : Math.max(0, this.options.clock() - Date.parse(recordedAt));
  }

  private async firstWaiting(position: Position | undefined): Promise<RecordedEvent | undefined> {
    const [first] = await this.options.store.readAll({ ...(position !== undefined && { after: position }), limit: 1 });
    return first;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { pause = growingPause } = this.options;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.relay(() => (attempt = 0));
      } catch (fault) {
        if (signal.aborted) return;
        this.noteFault(fault);
        const kind = isRelayFault(fault) ? fault.kind : 'retriable';
        if (kind === 'fenced') await this.standBy();
        else await pause(kind === 'fatal' ? Math.max(attempt, AFTER_FATAL) : attempt, signal);
      }
    }
  }

  private noteFault(fault: unknown): void {
    const error = fault instanceof Error ? fault : new Error('unknown');
    // A message of somebody else's may repeat what a person typed.
    this.fault = 'disclosable' in error && error.disclosable === true ? error.message : error.name;
    this.state = 'starting';
    this.options.observe?.({ kind: 'fault', fault: error });
  }

  /** One session: from where whoever came before it was, until a fault or the end. */
  private async relay(advanced: () => void): Promise<void> {
    const session = await this.options.target.begin();
    try {
      await this.assertWithinStore(session.position);
      this.position = session.position;
      this.options.observe?.({ kind: 'began', position: session.position });
      await this.publishAll(session, advanced);
    } finally {
      this.inHand = undefined;
      await session.close();
    }
  }

  /** Events are prepared while those before them are on their way. */
  private async publishAll(session: RelaySession, advanced: () => void): Promise<void> {
    const { store, batchSize = 2_000 } = this.options;
    const { signal } = this.stopping;
    const batches = waitingEvents(store, { after: session.position, batchSize, signal });
    this.state = 'relaying';
    this.fault = undefined;
    try {
      let next: Promise<IteratorResult<readonly RecordedEvent[], void>> | undefined;
      while (!signal.aborted) {
        const { value: events } = await (next ?? batches.next());
        next = undefined;
        const [first] = events ?? [];
        if (events === undefined || first === undefined) break;
        this.inHand = timeOf(first);
        const batch = session.prepare(events);
        const start = performance.now();
        const published = session.publish(batch);
        // A full batch has more behind it: read meanwhile. Else more gathers until this one is published.
        if (events.length === batchSize) {
          next = batches.next();
          next.catch(() => undefined);
        }
        await published;
        this.position = batch.lastPosition;
        this.inHand = undefined;
        advanced();
        const seconds = (performance.now() - start) / 1_000;
        this.options.observe?.({ kind: 'published', events: events.length, seconds });
      }
    } finally {
      await batches.return();
    }
  }

  /** Until events wait too long at whoever took over. */
  private async standBy(): Promise<void> {
    const { target, clock, takeOverAfterMs = 30_000, observe } = this.options;
    const { signal } = this.stopping;
    this.state = 'standing-by';
    observe?.({ kind: 'stands-by' });
    while (!signal.aborted) {
      await sleep(Math.min(STAND_BY_LOOK_MS, takeOverAfterMs), undefined, { signal }).catch(() => undefined);
      try {
        this.position = await target.reached();
        this.fault = undefined;
        const waiting = timeOf(await this.firstWaiting(this.position));
        if (waiting !== undefined && clock() - Date.parse(waiting) > takeOverAfterMs) return;
      } catch (fault) {
        this.fault = fault instanceof Error ? fault.name : 'unknown';
      }
    }
  }

  private async assertWithinStore(position: Position | undefined): Promise<void> {
    if (position === undefined) return;
    const head = await this.options.store.head();
    if (head !== undefined && this.options.store.comparePositions(position, head) <= 0) return;
    throw new CheckpointBeyondStore();
  }
}

/** What was published does not stand in this store: it is another one, or was restored from a backup. */
export class CheckpointBeyondStore extends Error {
  override name = 'CheckpointBeyondStore';
  readonly disclosable = true;
  readonly kind = 'fatal';
  constructor() {
    super(
      'the topics hold more than the event store: it is another store, or an old copy. Nothing was published. ' +
        'Give the relay its own store, or new topics (BATON_TOPIC_…)',
    );
  }
}

const timeOf = (event: RecordedEvent | undefined): string | undefined => {
  const recordedAt = event?.metadata.recordedAt;
  return typeof recordedAt === 'string' ? recordedAt : undefined;
};
