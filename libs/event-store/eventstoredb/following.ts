import type { AllStreamSubscription, ResolvedEvent } from '@eventstore/db-client';
import type { Position, RecordedEvent, SubscribeOptions } from '../event-store.js';
import type { Connection } from './connection.js';
import { faultKind, storeFault, SubscriptionEnded } from './faults.js';
import { logPosition, positionText } from './position.js';
import type { Reading } from './reading.js';
import { ourEvent } from './stored-event.js';
import type { StreamNames } from './stream-names.js';

export interface FollowingParts {
  readonly connection: Connection;
  readonly names: StreamNames;
  readonly reading: Reading;
  /** a subscription that brought nothing for so long is looked after by reading, and made anew */
  readonly quietMs: number;
  /** Waits before the server is asked again; ends early by the signal. */
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
}

/** Events taken off the wire before they are asked for. */
const AHEAD = 256;

/**
 * Reads up to the end, then subscribes; resumes from the last event it handed on whenever the server goes away, or ends
 * or forgets the subscription. Checkpoints of the server are not looked at: they run ahead of what was handled.
 *
 * @throws StoreFault when the store is closed, or the server refuses the user
 */
export async function* following(
  parts: FollowingParts,
  { after, signal, batchSize = 1_000 }: SubscribeOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const { connection, reading, pause } = parts;
  const over = AbortSignal.any([signal, connection.closed]);
  let reached = after;
  let attempt = 0;
  while (!signal.aborted) {
    try {
      connection.assertOpen();
      const page = await reading.log(reached, batchSize, over);
      reached = page.reached;
      if (page.events.length > 0) {
        attempt = 0;
        yield page.events;
      }
      if (!page.isEnd) continue;
      for await (const batch of live(parts, reached, batchSize, over)) {
        attempt = 0;
        reached = batch.reached;
        if (batch.events.length > 0) yield batch.events;
        if (over.aborted) break;
      }
    } catch (error) {
      if (signal.aborted) return;
      connection.assertOpen();
      const fault = storeFault(error);
      connection.failed(fault);
      if (faultKind(fault) !== 'passing') throw fault;
      await pause(attempt++, over);
    }
  }
}

interface LiveBatch {
  readonly events: readonly RecordedEvent[];
  readonly reached: Position;
}

/** What a subscription brings, in batches of what is waiting, until it is quiet for too long. */
async function* live(
  { connection, names, quietMs }: FollowingParts,
  after: Position | undefined,
  batchSize: number,
  over: AbortSignal,
): AsyncGenerator<LiveBatch, void, undefined> {
  const fromPosition = after === undefined ? 'start' : logPosition(after);
  const arriving = connection.lasting((client, retired) => {
    return new Arriving(client.subscribeToAll({ fromPosition }, { highWaterMark: AHEAD }), retired, over);
  });
  try {
    for (;;) {
      const raw = arriving.take(batchSize);
      const last = raw.at(-1);
      if (last !== undefined) {
        const events = raw.map((resolved) => ourEvent(resolved, names)).filter((event) => event !== undefined);
        yield { events, reached: positionText(last.event?.position) };
      } else if ((await arriving.more(quietMs)) === 'quiet') return;
    }
  } finally {
    arriving.cancel();
  }
}

/** A subscription as a queue that fills no further than it is emptied. */
class Arriving {
  #ended: Error | undefined;
  #wake: (() => void) | undefined;
  readonly #onEnd = (error: Error = new SubscriptionEnded()): void => {
    this.#ended ??= error;
    this.#wake?.();
  };
  readonly #onRetired = (): void => this.#onEnd();

  constructor(
    private readonly subscription: AllStreamSubscription,
    private readonly retired: AbortSignal,
    private readonly over: AbortSignal,
  ) {
    subscription.on('readable', () => this.#wake?.());
    subscription.on('error', this.#onEnd);
    subscription.on('end', this.#onRetired);
    subscription.on('close', this.#onRetired);
    retired.addEventListener('abort', this.#onRetired, { once: true });
  }

  take(most: number): readonly ResolvedEvent[] {
    const taken: ResolvedEvent[] = [];
    while (taken.length < most) {
      const next = this.subscription.read() as ResolvedEvent | null;
      if (next === null) break;
      taken.push(next);
    }
    return taken;
  }

  /**
   * Until there may be more to take.
   *
   * @throws what ended the subscription, once everything before it was taken; the signal's reason
   */
  async more(quietMs: number): Promise<'more' | 'quiet'> {
    const { over } = this;
    over.throwIfAborted();
    if (this.#ended) throw this.#ended;
    return new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        clearTimeout(timer);
        over.removeEventListener('abort', onAbort);
        this.#wake = undefined;
        settle();
      };
      const timer = setTimeout(() => done(() => resolve('quiet')), quietMs);
      const onAbort = (): void => done(() => reject(over.reason as Error));
      over.addEventListener('abort', onAbort, { once: true });
      this.#wake = () => done(() => resolve('more'));
    });
  }

  cancel(): void {
    this.retired.removeEventListener('abort', this.#onRetired);
    void this.subscription.unsubscribe().catch(() => undefined);
  }
}
