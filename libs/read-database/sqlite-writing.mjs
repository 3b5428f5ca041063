// The writing connection of a read database, in whose thread it is. Others send it statements (`serveWriting`), which are
// mostly not waited for: after the first of a transaction that fails the rest is passed over, and the fault is the answer
// to whatever is waited for next, at the latest its commit. Or it is used in its own thread, by `query`.
import Database from 'better-sqlite3';
import { SqliteCheckpoints } from './sqlite-checkpoints.mjs';
import { Turns } from './sqlite-turns.mjs';

/** "BtRd": tells a read database from any other SQLite file, so that no other file is ever written to. */
const APPLICATION_ID = 0x42745264;
/** Characters of parameters in a transaction from which on it is taken for one of a rebuild. */
const FILLING = 1_000_000;
/**
 * Pages of 4 KiB in the log that a commit itself moves into the file: a rebuild writes the same pages again and again, so
 * the fewer times the better. While views are live somebody waits for each commit, and another thread moves them before.
 */
const MOST_LOG_PAGES = 16_000;
/** Twice as much makes a rebuild of a million events no faster. */
const CACHE_KIB = 16_384;
/** Enough for every shape of statement that the views and their batches have. */
const MOST_STATEMENTS = 256;

/** Characters that a value without any is taken for. */
const PLAIN = 8;

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

export class WritingConnection {
  /** @type {Map<string, import('better-sqlite3').Statement>} */
  #statements = new Map();
  /** @type {ThreadFault | undefined} */
  #fault;
  /** characters of parameters since the transaction began */
  #written = 0;

  /** transactions of all who use the connection */
  turns = new Turns();

  /**
   * @param {ThreadData} data
   * @throws {Error} where the file is no read database
   */
  constructor({ file, busyMilliseconds }) {
    const data = { file, busyMilliseconds };
    this.database = open(data);
    // No more than this: what else its thread was given may not go on to another.
    this.checkpoints = new SqliteCheckpoints(this.database, data);
  }

  /** Whether a transaction is not over: what failed in it waits to be rolled back, whatever SQLite did by itself. */
  get isAtWork() {
    return this.database.inTransaction || this.#fault !== undefined;
  }

  /** To be called where a transaction may be over. A commit of a rebuild moves the log itself. */
  settled() {
    if (!this.database.inTransaction && this.#written < FILLING) this.checkpoints.committed();
  }

  async close() {
    await this.checkpoints.close();
    this.database.close();
  }

  /**
   * For whoever is in this thread, and has the turn. After a statement that fails nothing is done until the rollback:
   * SQLite may have rolled back by itself, and what follows would stand alone.
   *
   * @param {string} sql
   * @param {readonly SqlValue[]} parameters
   * @returns {Record<string, SqlValue>[]}
   */
  query(sql, parameters) {
    if (sql === 'rollback') this.#rollback();
    else if (this.#fault !== undefined) throw Object.assign(new Error(this.#fault.message), this.#fault);
    else return this.#queried(sql, parameters);
    return [];
  }

  /**
   * @param {string} sql
   * @param {readonly SqlValue[]} parameters
   */
  #queried(sql, parameters) {
    if (sql === 'begin') this.#written = 0;
    for (const value of parameters) this.#written += typeof value === 'string' ? value.length : PLAIN;
    try {
      const statement = this.#prepared(sql);
      if (statement.reader) return /** @type {Record<string, SqlValue>[]} */ (statement.raw(false).all(parameters));
      statement.run(parameters);
    } catch (error) {
      // One that never began is not rolled back either.
      if (sql !== 'begin') this.#fault = faultOf(/** @type {Partial<ThreadFault>} */ (error));
      throw error;
    }
    if (sql === 'commit') this.settled();
    return [];
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
      /** @type {unknown} */
      const values = JSON.parse(parameters);
      return this.#execute(sql, /** @type {SqlValue[]} */ (values));
    } catch (error) {
      this.#fault = faultOf(/** @type {Partial<ThreadFault>} */ (error));
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
 * @param {Partial<ThreadFault>} error
 * @returns {ThreadFault}
 */
const faultOf = ({ name = 'Error', code = '', message = '' }) => ({ name, code, message });

/**
 * @param {ThreadData} data
 * @throws {Error} where the file is no read database
 */
function open({ file, busyMilliseconds }) {
  const database = new Database(file, { timeout: busyMilliseconds });
  try {
    const found = Number(database.pragma('application_id', { simple: true }));
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

/**
 * Opens the file, says so or why not, and runs what is sent: a transaction of the sender has the connection to itself.
 *
 * @param {import('node:worker_threads').MessagePort} port
 * @param {ThreadData} data
 * @returns {WritingConnection | undefined} undefined where it was refused
 */
export function serveWriting(port, data) {
  /** @param {FromThread} message */
  const tell = (message) => port.postMessage(message);
  try {
    const connection = new WritingConnection(data);
    serve(port, connection);
    tell('open');
    return connection;
  } catch (error) {
    tell({ refused: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

/**
 * @param {import('node:worker_threads').MessagePort} port
 * @param {WritingConnection} connection
 */
function serve(port, connection) {
  /** @type {ToThread[]} */
  const waiting = [];
  /** @type {(() => void) | undefined} while it is the sender's turn */
  let giveBack;
  let asking = false;

  /** @param {ToThread} message */
  const run = async (message) => {
    if (message === 'close') {
      await connection.close();
      port.close();
      return;
    }
    const answers = connection.runAll(message.statements);
    if (message.asked.length > 0) port.postMessage(message.asked.map((at) => answers[at] ?? NOTHING));
    connection.settled();
  };
  const runWaiting = () => {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) void run(message);
    if (connection.isAtWork) return;
    giveBack?.();
    giveBack = undefined;
  };
  const runInTurn = async () => {
    if (asking) return;
    if (giveBack === undefined) {
      asking = true;
      giveBack = await connection.turns.take();
      asking = false;
    }
    runWaiting();
  };
  port.on('message', (/** @type {ToThread} */ message) => {
    waiting.push(message);
    void runInTurn();
  });
}
