import { setMaxListeners } from 'node:events';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { StoreFault } from '../event-store.js';
import { NoAnswer } from './faults.js';

const DEADLINE_EXCEEDED = 4;

/** A client and what is under way on it; disposed of when it is retired and idle. */
interface Line {
  readonly client: EventStoreDBClient;
  /** given when no more calls are made on it */
  readonly retired: AbortController;
  active: number;
}

/**
 * The client, with what it lacks: every call ends in time, and after a call that was not answered the next ones get a
 * fresh client, since a silent connection is only given up by the client's keep-alive, 20 s later.
 */
export class Connection {
  readonly #closing = new AbortController();
  #line: Line;
  #fault: StoreFault | undefined;

  constructor(private readonly connect: () => EventStoreDBClient) {
    // Every call under way listens, and takes its ear away again.
    setMaxListeners(0, this.#closing.signal);
    this.#line = { client: connect(), active: 0, retired: new AbortController() };
  }

  /** Why the last call failed; undefined once one succeeds. */
  get fault(): StoreFault | undefined {
    return this.#fault;
  }

  /** Given when the store is closed, with the fault that everybody who waits is told. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** @throws StoreFault when the store is closed */
  assertOpen(): void {
    this.#closing.signal.throwIfAborted();
  }

  /**
   * @param idleMs how long the call may be without a sign of life: `alive` begins the time anew
   * @param work must stop what it has under way when its signal is given
   * @throws NoAnswer, StoreFault (closed), and what the client throws
   */
  async call<Result>(
    what: string,
    idleMs: number,
    work: (client: EventStoreDBClient, cut: AbortSignal, alive: () => void) => Promise<Result>,
  ): Promise<Result> {
    this.assertOpen();
    const line = this.#line;
    const cut = new AbortController();
    // A turn later: where this process was held up itself, the answer may be here and only unread.
    const timer = setTimeout(() => setImmediate(() => cut.abort(new NoAnswer(what, idleMs))), idleMs);
    const onClose = (): void => cut.abort(this.#closing.signal.reason);
    this.#closing.signal.addEventListener('abort', onClose, { once: true });
    line.active += 1;
    try {
      const result = await unlessAborted(
        work(line.client, cut.signal, () => timer.refresh()),
        cut.signal,
      );
      this.#fault = undefined;
      return result;
    } catch (error) {
      // The client's own deadline may run out first, and means the same.
      const silent = (error as { code?: unknown }).code === DEADLINE_EXCEEDED ? new NoAnswer(what, idleMs) : error;
      if (silent instanceof NoAnswer) this.#replace(line);
      throw silent;
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', onClose);
      line.active -= 1;
      this.#disposeIfDone(line);
    }
  }

  /**
   * Begins what lasts, and is not counted as under way.
   *
   * @param begin its signal is given when the client is given up: nothing may be heard of it any more
   */
  lasting<Begun>(begin: (client: EventStoreDBClient, retired: AbortSignal) => Begun): Begun {
    this.assertOpen();
    return begin(this.#line.client, this.#line.retired.signal);
  }

  /** Remembers for readiness why nothing goes. */
  failed(fault: StoreFault): void {
    this.#fault = fault;
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new StoreFault('the event store is closed'));
    this.#line.retired.abort(new StoreFault('the event store is closed'));
    this.#disposeIfDone(this.#line);
  }

  #replace(line: Line): void {
    if (line !== this.#line || this.#closing.signal.aborted) return;
    this.#line = { client: this.connect(), active: 0, retired: new AbortController() };
    line.retired.abort(new StoreFault('the connection to the event store was given up'));
  }

  #disposeIfDone({ client, active, retired }: Line): void {
    if (!retired.signal.aborted || active > 0) return;
    void client.dispose().catch(() => undefined);
    // The client has no way of its own to close its connection; its sockets would stay until the server ends them.
    const inner = client as unknown as { getChannel(): Promise<{ close(): void }> };
    void inner.getChannel().then(
      (channel) => channel.close(),
      () => undefined,
    );
  }
}

/** The work's outcome, or the signal's reason as soon as it is given; what the work then still does is its own affair. */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
