// The writing connection's thread: runs statements in the order in which they come. Statements of a transaction are
// mostly not waited for; after the first that fails the rest of the transaction is passed over, and the fault is the
// answer to whatever is waited for next, at the latest its commit.
import Database from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteCheckpoints } from './sqlite-checkpoints.mjs';

/** "BtRd": tells a read database from any other SQLite file, so that no other file is ever written to. */
const APPLICATION_ID = 0x42745264;
/** Characters of parameters in a transaction from which on it is taken for one of a rebuild. */
const FILLING = 1_000_000;
/**
 * Pages of 4 KiB in the log that a commit itself moves into the file: a rebuild writes the same pages again and again, so
 * the fewer times the better. While views are live somebody waits for each commit, and another thread moves them before.
 */
const MOST_LOG_PAGES = 16_000;
const CACHE_KIB = 32_768;
/** Enough for every shape of statement that the views and their batches have. */
const MOST_STATEMENTS = 256;

/** @typedef {import('./read-database.js').SqlValue} SqlValue */
/** @typedef {{ file: string, busyMilliseconds: number }} ThreadData */
/**
 * Statements, each its text and its parameters as the text of a JSON list, which crosses in a third of the time that
 * cloning a list takes. `asked`: places in the list of those whose answers are waited for.
 * @typedef {{ statements: readonly string[], asked: readonly number[] } | 'close'} ToThread
 */
/** @typedef {{ name: string, code: string, message: string }} ThreadFault */
/**
 * Rows as one list of values, row by row: names are not repeated for each row that crosses.
 * @typedef {{ fault: ThreadFault } | { columns: readonly string[], values: SqlValue[] }} ThreadAnswer
 */
/**
 * @typedef {'open' | { refused: string } | readonly ThreadAnswer[]} FromThread
 */

class Connection {
  /** @type {Map<string, import('better-sqlite3').Statement>} */
  #statements = new Map();
  /** @type {ThreadFault | undefined} */
  #fault;
  /** characters of parameters since the transaction began */
  #written = 0;

  /** @param {import('better-sqlite3').Database} database */
  constructor(database) {
    this.database = database;
  }

  /** Whether the last commit was one of those that somebody may wait for. */
  get isLive() {
    return this.#written < FILLING;
  }

  /**
   * @param {readonly string[]} statements
   * @returns {ThreadAnswer[]} an answer to each
   */
  runAll(statements) {
    const answers = [];
    for (let at = 0; at < statements.length; at += 2)
      answers.push(this.#run(statements[at] ?? '', statements[at + 1] ?? ''));
    return answers;
  }

  /**
   * @param {string} sql
   * @param {string} parameters
   * @returns {ThreadAnswer}
   */
  #run(sql, parameters) {
    if (sql === 'rollback') return this.#rollback();
    if (this.#fault !== undefined) return { fault: this.#fault };
    if (sql === 'begin') this.#written = 0;
    this.#written += parameters.length;
    try {
      return this.#execute(sql, JSON.parse(parameters));
    } catch (error) {
      this.#fault = faultOf(error);
      return { fault: this.#fault };
    }
  }

  /** @returns {ThreadAnswer} */
  #rollback() {
    this.#fault = undefined;
    // Some faults, such as a full disk, have rolled back already.
    return this.database.inTransaction ? this.#execute('rollback', NO_PARAMETERS) : NOTHING;
  }

  /**
   * @param {string} sql
   * @param {readonly SqlValue[]} parameters
   * @returns {ThreadAnswer}
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
/** @type {ThreadAnswer} */
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
    database.pragma(`wal_autocheckpoint = ${MOST_LOG_PAGES}`);
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
    const data = /** @type {ThreadData} */ (workerData);
    const database = open(data);
    const connection = new Connection(database);
    const checkpoints = new SqliteCheckpoints(database, data);
    port.on('message', async (/** @type {ToThread} */ message) => {
      if (message === 'close') {
        await checkpoints.close();
        database.close();
        port.close();
        return;
      }
      const answers = connection.runAll(message.statements);
      if (message.asked.length > 0) tell(message.asked.map((at) => answers[at] ?? NOTHING));
      if (!database.inTransaction && connection.isLive) checkpoints.committed();
    });
    tell('open');
  } catch (error) {
    tell({ refused: error instanceof Error ? error.message : String(error) });
  }
}

if (parentPort !== null) serve(parentPort);
