// The writer's thread: commits what is waiting as one group, again and again. While a commit syncs, the appends that
// arrive gather in the port; they are the next group.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { SqliteEventLog } from './sqlite-event-log.mjs';

/** @typedef {import('node:worker_threads').MessagePort} MessagePort */
/** @typedef {import('./sqlite-event-log.mjs').FlatAppends} FlatAppends */
/** @typedef {{ file: string, mostPages?: number }} WriterData */
/**
 * `more` says that another message follows at once: the group stays open for it.
 * @typedef {{ count: number, appends: FlatAppends, more: boolean } | 'close'} ToWriter
 */
/**
 * Outcomes and faults answer the appends in the order in which they came.
 * @typedef {'ready' | { refused: string } | { outcomes: Float64Array } | { fault: string, count: number }} FromWriter
 */

class Writer {
  /** appends of the open group */
  #count = 0;

  /**
   * @param {MessagePort} port
   * @param {SqliteEventLog} log
   */
  constructor(port, log) {
    this.port = port;
    this.log = log;
  }

  /** @param {ToWriter} first */
  receive(first) {
    let more = false;
    /** @type {ToWriter | undefined} */
    let message = first;
    for (; message !== undefined && message !== 'close'; message = receiveMessageOnPort(this.port)?.message) {
      this.#take(message.appends, message.count);
      more = message.more;
    }
    if (!more || message === 'close') this.#commit();
    if (message === 'close') {
      this.log.close();
      this.port.close();
    }
  }

  /**
   * @param {FlatAppends} appends
   * @param {number} count
   */
  #take(appends, count) {
    this.#count += count;
    try {
      this.log.take(appends);
    } catch (error) {
      this.#fail(error);
    }
  }

  #commit() {
    if (this.#count === 0) return;
    try {
      tell(this.port, { outcomes: this.log.commit() });
      this.#count = 0;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    this.log.drop();
    tell(this.port, { fault: reasonOf(error), count: this.#count });
    this.#count = 0;
  }
}

/**
 * @param {MessagePort} port
 * @param {FromWriter} message
 */
function tell(port, message) {
  port.postMessage(message);
}

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {MessagePort} port */
function serve(port) {
  try {
    const { file, mostPages } = /** @type {WriterData} */ (workerData);
    const writer = new Writer(port, new SqliteEventLog(file, mostPages));
    port.on('message', (message) => writer.receive(message));
    tell(port, 'ready');
  } catch (error) {
    tell(port, { refused: reasonOf(error) });
  }
}

if (parentPort !== null) serve(parentPort);
