// The writing connection's thread: runs statements in the order in which they come. Statements of a transaction are
// mostly not waited for; after the first that fails the rest of the transaction is passed over, and the fault is the
// answer to whatever is waited for next, at the latest its commit.
import Database from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';

/** "BtRd": tells a read database from any other SQLite file, so that no other file is ever written to. */
const APPLICATION_ID = 0x42745264;
/**
 * Pages of 4 KiB before the log is moved into the file, which the commit that comes to so many waits for. A rebuild writes
 * the same pages again and again, so the fewer times the better; while views are live somebody waits for each commit.
 */
const CHECKPOINT_PAGES = { filling: 16_000, live: 2_000 };
/** Characters of parameters in a transaction from which on it is taken for one of a rebuild. */
const FILLING = 1_000_000;
const CACHE_KIB = 32_768;
/** Enough for every shape of statement that the views and their batches have. */
const MOST_STATEMENTS = 256;

/** @typedef {import('./read-database.js').SqlValue} SqlValue */
/** @typedef {{ file: string, busyMilliseconds: number }} ThreadData */
/**
 * Statements, each its text and its parameters as the text of a JSON list, which crosses in a third of the time that
 * cloning a list takes. `asked`: the last one's answer is waited for.
 * @typedef {{ statements: readonly string[], asked: boolean } | 'close'} ToThread
 */
/** @typedef {{ name: string, code: string, message: string }} ThreadFault */
/**
 * Rows as one list of values, row by row: names are not repeated for each row that crosses.
 * @typedef {'open' | { refused: string } | { fault: ThreadFault } | { columns: readonly string[], values: SqlValue[] }} FromThread
 */

class Connection {
  /** @type {Map<string, import('better-sqlite3').Statement>} */
  #statements = new Map();
  /** @type {ThreadFault | undefined} */
  #fault;
  /** characters of parameters since the last commit */
  #written = 0;
  #checkpointPages = CHECKPOINT_PAGES.filling;

  /** @param {import('better-sqlite3').Database} database */
  constructor(database) {
    this.database = database;
  }

  /**
   * @param {readonly string[]} statements
   * @returns {FromThread} the last one's answer
   */
  runAll(statements) {
    /** @type {FromThread} */
    let answer = NOTHING;
    for (let at = 0; at < statements.length; at += 2)
      answer = this.#run(statements[at] ?? '', statements[at + 1] ?? '');
    return answer;
  }

  /**
   * @param {string} sql
   * @param {string} parameters
   * @returns {FromThread}
   */
  #run(sql, parameters) {
    if (sql === 'rollback') return this.#rollback();
    if (this.#fault !== undefined) return { fault: this.#fault };
    this.#written += parameters.length;
    try {
      if (sql === 'commit') this.#spaceCheckpoints();
      return this.#execute(sql, JSON.parse(parameters));
    } catch (error) {
      this.#fault = faultOf(error);
      return { fault: this.#fault };
    }
  }

  #spaceCheckpoints() {
    const pages = this.#written >= FILLING ? CHECKPOINT_PAGES.filling : CHECKPOINT_PAGES.live;
    this.#written = 0;
    if (pages === this.#checkpointPages) return;
    this.database.pragma(`wal_autocheckpoint = ${pages}`);
    this.#checkpointPages = pages;
  }

  /** @returns {FromThread} */
  #rollback() {
    this.#fault = undefined;
    this.#written = 0;
    // Some faults, such as a full disk, have rolled back already.
    return this.database.inTransaction ? this.#execute('rollback', NO_PARAMETERS) : NOTHING;
  }

  /**
   * @param {string} sql
   * @param {readonly SqlValue[]} parameters
   * @returns {FromThread}
   */
  #execute(sql, parameters) {
    const statement = this.#prepared(sql);
    if (!statement.reader) {
      statement.run(parameters);
      return NOTHING;
    }
    const rows = /** @type {SqlValue[][]} */ (statement.raw().all(parameters));
    return { columns: statement.columns().map(({ name }) => name), values: rows.flat() };
  }

  /** @param {string} sql */
  #prepared(sql) {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined && this.#statements.size >= MOST_STATEMENTS) this.#statements.delete(oldest);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** @type {readonly SqlValue[]} */
const NO_PARAMETERS = [];
/** @type {FromThread} */
const NOTHING = { columns: [], values: [] };

/**
 * @param {unknown} error
 * @returns {ThreadFault}
 */
function faultOf(error) {
  const { name = 'Error', code = '', message = '' } = /** @type {Partial<ThreadFault>} */ (Object(error));
  return { name, code, message };
}

/**
 * @param {ThreadData} data
 * @throws {Error} where the file is no read database
 */
function open({ file, busyMilliseconds }) {
  const database = new Database(file, { timeout: busyMilliseconds });
  try {
    const found = database.pragma('application_id', { simple: true });
    const tables = database.prepare('select count(*) from sqlite_master').pluck().get();
    if (found !== APPLICATION_ID && tables !== 0) throw new Error('it belongs to another program');
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES.filling}`);
    database.pragma(`cache_size = -${CACHE_KIB}`);
    // A statement that changes many rows keeps what it changed until it is through: in a file, that is a third of all
    // that is written.
    database.pragma('temp_store = MEMORY');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @param {import('node:worker_threads').MessagePort} port */
function serve(port) {
  /** @param {FromThread} message */
  const tell = (message) => port.postMessage(message);
  try {
    const database = open(/** @type {ThreadData} */ (workerData));
    const connection = new Connection(database);
    port.on('message', (/** @type {ToThread} */ message) => {
      if (message === 'close') {
        database.close();
        port.close();
        return;
      }
      const answer = connection.runAll(message.statements);
      if (message.asked) tell(answer);
    });
    tell('open');
  } catch (error) {
    tell({ refused: error instanceof Error ? error.message : String(error) });
  }
}

if (parentPort !== null) serve(parentPort);
