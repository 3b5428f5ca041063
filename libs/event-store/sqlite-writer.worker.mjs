// The writer's thread: commits what is waiting as one group, again and again. While a commit syncs, the appends that
// arrive gather in the port; they are the next group.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { SqliteEventLog } from './sqlite-event-log.mjs';

/** @typedef {import('node:worker_threads').MessagePort} MessagePort */
/** @typedef {import('./sqlite-event-log.mjs').FlatAppends} FlatAppends */
/** @typedef {{ file: string, mostPages?: number }} WriterData */
/** @typedef {{ count: number, appends: FlatAppends } | 'close'} ToWriter */
/**
 * Outcomes and faults answer the appends in the order in which they came.
 * @typedef {'ready' | { refused: string } | { outcomes: Float64Array } | { fault: string, count: number }} FromWriter
 */

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

/**
 * @param {MessagePort} port
 * @param {SqliteEventLog} log
 * @param {ToWriter} first
 */
function commitWaiting(port, log, first) {
  /** @type {FlatAppends[]} */
  const batches = [];
  let count = 0;
  /** @type {ToWriter | undefined} */
  let message = first;
  for (; message !== undefined && message !== 'close'; message = receiveMessageOnPort(port)?.message) {
    batches.push(message.appends);
    count += message.count;
  }
  if (count > 0) commitGroup(port, log, batches, count);
  if (message === 'close') {
    log.close();
    port.close();
  }
}

/**
 * @param {MessagePort} port
 * @param {SqliteEventLog} log
 * @param {FlatAppends[]} batches
 * @param {number} count
 */
function commitGroup(port, log, batches, count) {
  try {
    tell(port, { outcomes: log.commit(batches, count) });
  } catch (error) {
    tell(port, { fault: reasonOf(error), count });
  }
}

/** @param {MessagePort} port */
function serve(port) {
  try {
    const { file, mostPages } = /** @type {WriterData} */ (workerData);
    const log = new SqliteEventLog(file, mostPages);
    port.on('message', (message) => commitWaiting(port, log, message));
    tell(port, 'ready');
  } catch (error) {
    tell(port, { refused: reasonOf(error) });
  }
}

if (parentPort !== null) serve(parentPort);
