import { setTimeout as sleep } from 'node:timers/promises';
import type { EventKeys } from '../contracts/event-keys.js';
import type { Clock } from '../decider/clock.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { waitingEvents } from '../event-store/waiting-events.js';
import { describeFault } from '../telemetry/fault-description.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { PublishedCheckpoints } from './published-checkpoints.js';
import { QuarantineDecisions } from './quarantine-decisions.js';
import { MOST_LEAVES, Sealer } from './sealer.js';
import { KEY_STREAM, SealingKeys } from './sealing-keys.js';
import { TrailAlarms, type TrailWork } from './trail-alarms.js';
import { TrailLog } from './trail-log.js';
import { TrailMonitor } from './trail-monitor.js';
import { TrailRefused } from './trail-refused.js';
import type { Trail, TrailObservation, TrailStatus } from './trail-status.js';
import type { Fetch } from './witness-client.js';
import { Witnesses, type WitnessTimes } from './witnesses.js';

export type TrailStore = Pick<EventStore, 'readAll' | 'readStream' | 'subscribe' | 'head' | 'comparePositions'>;

export interface TrailParts {
  readonly store: TrailStore;
  readonly folder: string;
  /** see `TrailLog` */
  readonly signers: readonly [NoteSigner, ...NoteSigner[]];
  /** the log's own policy: its witnesses, and how many of them must have cosigned what is handed out */
  readonly policy: TlogPolicy;
  /** with which events are signed, as the sealer was given them */
  readonly eventKeys: EventKeys;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly observe?: (seen: TrailObservation) => void;
  readonly times?: Partial<TrailTimes>;
  readonly witnessTimes?: WitnessTimes;
  /** Waits; ends early, without a throw, by the signal. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds. */
export interface TrailTimes {
  /** from one checkpoint to the next, at least, where no full batch waits: each is kept for ever */
  readonly pace: number;
  /** from taking what has come to taking what has come since */
  readonly slice: number;
  readonly heartbeat: number;
  /** from one part of the comparison of store and log to the next */
  readonly compare: number;
  /** before something that failed is tried again, or a decision about a refused event is looked for */
  readonly retry: number;
}

const TIMES: TrailTimes = { pace: 1_000, slice: 20, heartbeat: 60_000, compare: 10_000, retry: 1_000 };

/** That a checkpoint is due, beside the events that come. */
const DUE = Symbol('due');
type EventBatches = ReturnType<typeof waitingEvents>;

const timer: NonNullable<TrailParts['pause']> = (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined);

/**
 * Keeps the trail of a store: seals what is written, shows the checkpoints to the witnesses, hands them out, and holds
 * store and log against each other. One at a time on a folder.
 */
export class TrailKeeper implements Trail {
  readonly #stopping = new AbortController();
  readonly #times: TrailTimes;
  readonly #pause: NonNullable<TrailParts['pause']>;
  #work: Promise<unknown> = Promise.resolve();
  #state: TrailStatus['state'] = 'checking';
  /** of the events in hand, which no checkpoint covers yet: when the oldest was recorded */
  #inHand: string | undefined;
  /** milliseconds that taking those has cost */
  #takingMs = 0;
  #unpublishedSince: number | undefined;
  #onSigned: () => void = () => undefined;
  readonly #alarms: TrailAlarms;

  private constructor(
    private readonly parts: TrailParts,
    private readonly log: TrailLog,
    private readonly checkpoints: PublishedCheckpoints,
  ) {
    this.#times = { ...TIMES, ...parts.times };
    this.#pause = parts.pause ?? timer;
    this.#alarms = new TrailAlarms((seen) => this.#observe(seen));
  }

  /**
   * Opens the folder, which takes no longer for a large log, and asks the witnesses whether it is the newest of this log.
   *
   * @throws TrailRefused, in one line: another sealer has it, its tiles do not hash to its checkpoint, the store is not
   * the one it was sealed from, a witness has seen more or something else
   */
  static async open(parts: TrailParts): Promise<TrailKeeper> {
    const { folder, signers, policy, store, clock, times } = parts;
    const log = await TrailLog.open({ folder, signers });
    try {
      await assertWithinStore(log, store);
      const { files } = log;
      const { fetch, witnessTimes } = parts;
      const witnesses = new Witnesses({
        policy,
        fetch,
        readTile: files.readTile,
        ...(witnessTimes ? { times: witnessTimes } : {}),
      });
      // Whether anybody has seen a larger tree: what they cosign is published below, once the log is checked.
      if (!witnesses.isEmpty) await witnesses.cosign(log.pending);
      const checkpoints = await PublishedCheckpoints.open({
        files,
        policy,
        witnesses,
        clock,
        assertMine: () => log.assertMine(),
        heartbeatMs: times?.heartbeat ?? TIMES.heartbeat,
      });
      return new TrailKeeper(parts, log, checkpoints);
    } catch (refusal) {
      log.close();
      throw refusal;
    }
  }

  get origin(): string {
    return this.log.origin;
  }

  /** Reads the log through, then seals, publishes and compares until `stop`. */
  start(): void {
    this.#work = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
    this.#state = 'stopped';
    this.log.close();
  }

  async status(): Promise<TrailStatus> {
    const { alarm, fault } = this.#alarms;
    return {
      state: this.#state,
      size: this.log.signed.size,
      publishedSize: this.checkpoints.published?.size ?? 0,
      unsealedMs: await this.#unsealedMs(),
      unpublishedMs: this.#unpublishedSince === undefined ? 0 : this.parts.clock() - this.#unpublishedSince,
      ...(alarm ? { alarm } : {}),
      ...(fault === undefined ? {} : { fault }),
      missing: this.checkpoints.missing,
    };
  }

  async #unsealedMs(): Promise<number> {
    const after = this.log.sealedUpTo;
    const { store, clock } = this.parts;
    const waiting =
      this.#inHand ?? timeOf((await store.readAll({ limit: 1, ...(after === undefined ? {} : { after }) }))[0]);
    return waiting === undefined ? 0 : Math.max(0, clock() - Date.parse(waiting));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await this.log.check();
    } catch (fault) {
      this.#stopped(fault);
      return;
    }
    this.#state = 'sealing';
    this.#observe({ kind: 'checked', size: this.log.size });
    await Promise.all([
      this.#untilStopped('sealing', () => this.#seal(signal)),
      this.#untilStopped('publishing', () => this.#publish(signal)),
      this.#untilStopped('comparing', () => this.#compare(signal)),
    ]);
  }

  /** Again and again, until the end or a refusal, after which nothing may go on. */
  async #untilStopped(at: TrailWork, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await work();
        this.#alarms.faultOver(at);
      } catch (fault) {
        if (signal.aborted) return;
        if (fault instanceof TrailRefused) {
          this.#stopped(fault);
          return;
        }
        this.#alarms.noteFault(at, fault);
        await this.#pause(this.#times.retry, signal);
      }
    }
  }

  async #seal(signal: AbortSignal): Promise<void> {
    const { store, eventKeys } = this.parts;
    const { log } = this;
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
      due = this.#pause(this.#times.pace, signal).then(() => DUE);
    };
    let coming: ReturnType<EventBatches['next']> | undefined;
    while (!signal.aborted) {
      coming ??= batches.next();
      // What was taken waits for its checkpoint, not for the next event.
      const come = await (this.log.isAhead ? Promise.race([due, coming]) : coming);
      if (come === DUE) {
        await sign();
        continue;
      }
      if (come.done === true) return;
      coming = undefined;
      await this.#take(sealer, come.value, signal);
      // A full batch has more behind it: what can be sealed is not held up.
      if (come.value.length === MOST_LEAVES) await sign();
      else await this.#pause(this.#times.slice, signal);
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
        this.#alarms.raise('sealing', { rule: refused.rule, eventId: refused.event.id });
        this.#inHand = timeOf(refused.event);
        await this.#pause(this.#times.retry, signal);
      } else this.#alarms.over('sealing');
    }
  }

  /** What was taken since the last checkpoint is part of the log. */
  async #sign(signal: AbortSignal): Promise<void> {
    const { log } = this;
    const leaves = log.size - log.signed.size;
    const began = performance.now();
    await this.#durably(signal);
    if (signal.aborted) return;
    this.#inHand = undefined;
    const seconds = (this.#takingMs + performance.now() - began) / 1_000;
    this.#takingMs = 0;
    if (leaves > 0) this.#observe({ kind: 'sealed', leaves, size: log.size, seconds });
  }

  /** Writes and signs what was taken. What is in memory is ahead of the disk until this succeeds, so it must. */
  async #durably(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.log.isAhead) {
      try {
        await this.log.writeTree();
        await this.log.sign();
        this.#alarms.faultOver('sealing');
        this.#unpublishedSince ??= this.parts.clock();
        this.#onSigned();
      } catch (fault) {
        if (fault instanceof TrailRefused) throw fault;
        this.#alarms.noteFault('sealing', fault);
        await this.#pause(this.#times.retry, signal);
      }
    }
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { checkpoints, log } = this;
    if (!checkpoints.isDue(log.pending, this.#alarms.isRaised('sealing'))) return this.#untilSigned(signal);
    const since = this.#unpublishedSince;
    const note = log.pending;
    if (!(await checkpoints.publish(note))) {
      this.#unpublishedSince ??= this.parts.clock();
      this.#observe({ kind: 'unwitnessed', missing: checkpoints.missing });
      return this.#pause(this.#times.retry, signal);
    }
    // Leaves that came meanwhile wait since they came; a little more is said of them than is true.
    this.#unpublishedSince = log.pending === note ? undefined : since;
    this.#observe({ kind: 'published', size: checkpoints.published?.size ?? 0 });
  }

  /** Until there is another checkpoint, or it is time to look whether the last one must be refreshed. */
  async #untilSigned(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const end = (): void => over.abort();
    this.#onSigned = end;
    signal.addEventListener('abort', end);
    await this.#pause(this.#times.retry, over.signal);
    signal.removeEventListener('abort', end);
  }

  async #compare(signal: AbortSignal): Promise<void> {
    const { store, folder } = this.parts;
    const monitor = new TrailMonitor(store, folder);
    while (!signal.aborted) {
      await this.#pause(this.#times.compare, signal);
      if (signal.aborted) return;
      const { alarm, passed } = await monitor.look(this.log.signed);
      this.#alarms.faultOver('comparing');
      if (alarm) this.#alarms.raise('comparing', alarm);
      if (passed === undefined) continue;
      this.#alarms.over('comparing');
      this.#observe({ kind: 'compared', leaves: passed });
    }
  }

  #stopped(fault: unknown): void {
    this.#stopping.abort();
    this.#state = 'stopped';
    const rule = fault instanceof TrailRefused ? fault.message : `fault: ${describeFault(fault).name}`;
    this.#alarms.raise('the end', { rule });
  }

  #observe(seen: TrailObservation): void {
    this.parts.observe?.(seen);
  }
}

/** A log that says more than its store: the store is another one, or an old copy. */
async function assertWithinStore({ sealedUpTo, size }: TrailLog, store: TrailStore): Promise<void> {
  if (sealedUpTo === undefined) return;
  const head = await store.head();
  if (head !== undefined && store.comparePositions(sealedUpTo, head) <= 0) return;
  throw new TrailRefused(
    `the trail has ${size} leaves, and the event store ends before the last of them: it is another store, or an old copy`,
  );
}

const timeOf = (event: RecordedEvent | undefined): string | undefined => {
  const recordedAt = event?.metadata.recordedAt;
  return typeof recordedAt === 'string' ? recordedAt : undefined;
};
