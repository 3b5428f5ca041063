import { setTimeout as sleep } from 'node:timers/promises';
import { describeFault } from '../telemetry/fault-description.js';
import { PublishedCheckpoints } from './published-checkpoints.js';
import { SealingWork } from './sealing-work.js';
import { TrailAlarms, type TrailWork } from './trail-alarms.js';
import { TrailLog } from './trail-log.js';
import { TrailMonitor } from './trail-monitor.js';
import { TrailRefused } from './trail-refused.js';
import type { TrailParts, TrailStore, TrailTimes } from './trail-parts.js';
import type { Trail, TrailObservation, TrailStatus } from './trail-status.js';
import { Witnesses } from './witnesses.js';

const TIMES: TrailTimes = { pace: 1_000, slice: 20, heartbeat: 60_000, compare: 10_000, retry: 1_000 };

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
  #unpublishedSince: number | undefined;
  #onSigned: () => void = () => undefined;
  readonly #alarms: TrailAlarms;
  readonly #sealing: SealingWork;

  private constructor(
    private readonly parts: TrailParts,
    private readonly log: TrailLog,
    private readonly checkpoints: PublishedCheckpoints,
  ) {
    this.#times = { ...TIMES, ...parts.times };
    this.#pause = parts.pause ?? timer;
    this.#alarms = new TrailAlarms((seen) => this.#observe(seen));
    this.#sealing = new SealingWork({
      store: parts.store,
      eventKeys: parts.eventKeys,
      log,
      alarms: this.#alarms,
      times: this.#times,
      pause: this.#pause,
      observe: (seen) => this.#observe(seen),
      signed: () => {
        this.#unpublishedSince ??= parts.clock();
        this.#onSigned();
      },
    });
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
    const since = await this.#sealing.waitingSince();
    return since === undefined ? 0 : Math.max(0, this.parts.clock() - Date.parse(since));
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
      this.#untilStopped('sealing', () => this.#sealing.run(signal)),
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
