import { setTimeout as sleep } from 'node:timers/promises';
import { isoTime, type Clock } from '../decider/clock.js';
import type { EventFeed, FeedBatch, FeedProgress } from '../event-feed/event-feed.js';
import { describeFault } from '../telemetry/fault-description.js';
import { RoutingProcessor, type RoutingParts } from './routing-processor.js';
import type { RoutingMemory } from './routing-tables.js';

/** Timers cannot be longer than 2^31 ms; a due time further away is looked at again then. */
const LONGEST_TIMER_MS = 3_600_000;
const LONGEST_PAUSE_MS = 10_000;
const MOST_UNREMEMBERED = 1_000;

export interface RoutingServiceParts extends Omit<RoutingParts, 'later'> {
  readonly feed: EventFeed;
  readonly memory: RoutingMemory;
  readonly clock: Clock;
}

/** Runs the automatic flow on the feed, from where it was, for as long as the process lives. */
export class RoutingService {
  readonly #stopping = new AbortController();
  readonly #processor: RoutingProcessor;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #due: Promise<void> = Promise.resolve();
  #reached = new Map<number, bigint>();
  /** by partition: events at the end of what it has gone through that asked for nothing, and are not remembered yet */
  readonly #unremembered = new Map<number, number>();

  constructor(private readonly parts: RoutingServiceParts) {
    const later = async (at: string, trigger: string): Promise<void> => {
      await parts.memory.remember(trigger, at);
      await this.#schedule();
    };
    this.#processor = new RoutingProcessor({ ...parts, later });
  }

  /**
   * Goes on where it was. Where nothing is remembered although there is history (the read database was lost), it takes
   * up the leads that stand qualified without ever having been offered, and goes on with what comes now: running all old
   * triggers again could hand off what people have since decided otherwise.
   */
  async start(): Promise<void> {
    const { memory, feed } = this.parts;
    await memory.open();
    const remembered = await memory.progress();
    const head = await feed.head();
    // Until it has taken up what waits, it counts as having done nothing.
    this.#reached = new Map(remembered);
    this.#running = this.#run(remembered ? undefined : head);
    await this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
    await this.#due;
  }

  get progress(): FeedProgress {
    return this.#reached;
  }

  /** Milliseconds for which the oldest event has waited for the processor; 0 where none does. */
  async behindMs(): Promise<number> {
    const oldest = await this.parts.feed.oldestAfter(this.#reached);
    return oldest === undefined ? 0 : Math.max(0, this.parts.clock() - Date.parse(oldest));
  }

  /** @param lost where the feed was when nothing was remembered */
  async #run(lost: FeedProgress | undefined): Promise<void> {
    const { feed, logger, memory } = this.parts;
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        if (lost) await this.#beginAnew(lost);
        lost = undefined;
        const handler = async (batches: readonly FeedBatch[]): Promise<void> => {
          for (const batch of batches) await this.#handle(batch);
          attempt = 0;
        };
        // Several processes share the work: what another has done meanwhile stands in the memory.
        const reached = async (): Promise<FeedProgress> => (await memory.progress()) ?? this.#reached;
        await feed.deliver({ from: this.#reached, group: 'lead-routing', reached, handler, signal });
      } catch (fault) {
        logger.error({ fault: describeFault(fault) }, 'lead-routing stands still and will try again');
        const pause = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt);
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Remembered only once all is taken up: cut off in the middle, it is done again. */
  async #beginAnew(head: FeedProgress): Promise<void> {
    const { memory, logger } = this.parts;
    if (head.size > 0) {
      logger.warn('lead-routing remembers nothing: it takes up what waits, and goes on with what comes now');
      while (!(await this.#processor.takeUp())) if (this.#stopping.signal.aborted) return;
    }
    await memory.reached(0, -1n);
    for (const [partition, offset] of head) await memory.reached(partition, offset);
    this.#reached = new Map(head);
  }

  async #handle({ partition, offset, events }: FeedBatch): Promise<void> {
    let idle = this.#unremembered.get(partition) ?? 0;
    let isDone = false;
    for (const event of events) {
      if (this.#stopping.signal.aborted) return;
      if (await this.#processor.handle(event)) isDone = true;
      this.#reached.set(partition, event.offset);
    }
    this.#reached.set(partition, offset);
    idle += events.length;
    // Gone through again, such events ask for nothing again: that is cheaper than to remember each batch of them.
    const isRemembered = isDone || idle >= MOST_UNREMEMBERED;
    if (isRemembered) await this.parts.memory.reached(partition, offset);
    this.#unremembered.set(partition, isRemembered ? 0 : idle);
  }

  /** Sets the timer for the next trigger whose time comes. */
  async #schedule(): Promise<void> {
    clearTimeout(this.#timer);
    const next = await this.parts.memory.next();
    if (!next || this.#stopping.signal.aborted) return;
    const wait = Math.min(LONGEST_TIMER_MS, Math.max(0, Date.parse(next.at) - this.parts.clock()));
    this.#timer = setTimeout(() => {
      this.#due = this.#runDue();
    }, wait);
    this.#timer.unref();
  }

  async #runDue(): Promise<void> {
    const { memory, clock, logger } = this.parts;
    try {
      for (let next = await memory.next(); next && next.at <= isoTime(clock()); next = await memory.next()) {
        await this.#processor.rescore(next.trigger);
        await memory.forget(next.trigger);
      }
    } catch (fault) {
      logger.error({ fault: describeFault(fault) }, 'a due errand of lead-routing failed and will be tried again');
      await sleep(1_000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
    await this.#schedule();
  }
}
