import { Worker } from 'node:worker_threads';

/** Pages of 4 KiB in the log from which on they are moved into the file. */
const LOG_PAGES = 4_000;

/** @typedef {import('better-sqlite3').Database} Database */
/** @typedef {import('./sqlite-writing.mjs').ThreadData} ThreadData */
/** @typedef {import('./sqlite-checkpoint.worker.mjs').ToCheckpoint} ToCheckpoint */

/**
 * Has the log of a database moved into its file by another thread, which takes some 20 ms that a commit would take
 * longer. What is committed meanwhile is moved here, between two transactions: little, and then the log begins anew.
 */
export class SqliteCheckpoints {
  /** @type {Worker | undefined} */
  #thread;
  /** @type {'none' | 'under way' | 'to be ended'} */
  #moving = 'none';

  /**
   * @param {Database} database the connection that writes
   * @param {ThreadData} data
   */
  constructor(database, data) {
    this.database = database;
    this.data = data;
    this.state = database.prepare('pragma wal_checkpoint(NOOP)').raw();
  }

  /** To be called after a commit, outside of a transaction. */
  committed() {
    if (this.#moving === 'to be ended') this.#end();
    if (this.#moving === 'none' && this.#pages() >= LOG_PAGES) this.#begin();
  }

  /** Resolves when no other connection is left. */
  async close() {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage(/** @satisfies {ToCheckpoint} */ ('close'));
    await ended;
  }

  #begin() {
    this.#moving = 'under way';
    this.#thread ??= this.#start();
    this.#thread.postMessage(/** @satisfies {ToCheckpoint} */ ('move'));
  }

  #end() {
    this.#moving = 'none';
    this.database.pragma('wal_checkpoint(PASSIVE)');
  }

  /** Pages in the log that are not in the file yet. */
  #pages() {
    const [, written, moved] = /** @type {[number, number, number]} */ (this.state.get());
    return written - moved;
  }

  #start() {
    const thread = new Worker(new URL('./sqlite-checkpoint.worker.mjs', import.meta.url), { workerData: this.data });
    thread.on('message', () => {
      this.#moving = 'to be ended';
      if (!this.database.inTransaction) this.#end();
    });
    // Not begun again: from now on commits move pages themselves, as soon as the log is as long as it may be.
    thread.on('error', () => (this.#thread = undefined));
    return thread;
  }
}
