// Moves what a read database's log holds into its file, with a connection of its own, whenever it is told to: pages are
// written and synced here while the writing thread commits on.
import Database from 'better-sqlite3';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

/** @typedef {import('./sqlite-writing.mjs').ThreadData} ThreadData */
/** @typedef {'move' | 'close'} ToCheckpoint */

/** @param {import('node:worker_threads').MessagePort} port */
function serve(port) {
  const { file, busyMilliseconds } = /** @type {ThreadData} */ (workerData);
  // Nobody waits for it. Only Linux takes the priority for this thread alone.
  if (process.platform === 'linux') setPriority(10);
  const database = new Database(file, { timeout: busyMilliseconds, fileMustExist: true });
  database.pragma('synchronous = NORMAL');
  port.on('message', (/** @type {ToCheckpoint} */ message) => {
    if (message === 'close') {
      database.close();
      port.close();
      return;
    }
    try {
      database.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      // A full disk, say: all stays in the log, and whoever writes hears of it.
      if (!(error instanceof Database.SqliteError)) throw error;
    }
    port.postMessage('moved');
  });
}

if (parentPort !== null) serve(parentPort);
