import { Worker } from 'node:worker_threads';
import type { CompiledQuery, QueryResult } from 'kysely';
import { ReadDatabaseFault, type SqlValue } from './read-database.js';
import type { OnlyConnection } from './sqlite-only-connection.js';
import type { FromThread, ThreadAnswer, ThreadData, ThreadFault, ToThread } from './sqlite-writing.mjs';

/** Starts a thread that calls `serveWriting` with its parent's port. */
export type StartThread = (data: ThreadData) => Worker;

const startThread: StartThread = (data) =>
  new Worker(new URL('./sqlite-thread.worker.mjs', import.meta.url), { workerData: data });

interface Asking {
  readonly resolve: (rows: Record<string, SqlValue>[]) => void;
  readonly reject: (error: Error) => void;
}

/** What a statement answers that changes rows: nobody here counts them, so nobody waits for it either. */
const NOT_WAITED_FOR: QueryResult<never> = { rows: [] };
const ASKS = /^\s*(select|with|commit|rollback|pragma)\b/i;
/** Characters of statements that nobody waits for which go at once: the thread has work, and this one goes on. */
const MOST_HELD_BACK = 65_536;

/**
 * A connection whose statements run in a thread of their own, so that what views write holds up no request. Only what
 * asks for rows, and the end of a transaction, is waited for: a statement that fails is heard of there, and is sent
 * with it.
 */
export class SqliteThread implements OnlyConnection {
  private readonly asking: Asking[] = [];
  private readonly ended: Promise<void>;
  /** text and parameters of each statement held back: a message costs more than many a statement */
  private heldBack: string[] = [];
  private heldBackSize = 0;
  /** which of them are waited for */
  private asked: number[] = [];
  private gone = false;

  private constructor(
    private readonly worker: Worker,
    opened: (refused?: string) => void,
  ) {
    this.worker.on('message', (message: FromThread) => {
      if (message === 'open') opened();
      else if ('refused' in message) opened(message.refused);
      else message.forEach((answer) => this.answer(answer));
    });
    this.worker.on('error', (error) => opened(error.message));
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.end();
        resolve();
      });
    });
  }

  /** @throws ReadDatabaseFault, in one line, where the file is no read database */
  static async open(data: ThreadData, start = startThread): Promise<SqliteThread> {
    let thread: SqliteThread | undefined;
    const refused = await new Promise<string | undefined>((opened) => (thread = new SqliteThread(start(data), opened)));
    if (thread === undefined || refused !== undefined) {
      await thread?.worker.terminate();
      throw new ReadDatabaseFault(`${data.file} is no read database: ${refused ?? 'its thread did not start'}`);
    }
    return thread;
  }

  executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.gone) return Promise.reject(closed());
    this.holdBack(sql, JSON.stringify(parameters));
    if (!ASKS.test(sql)) {
      if (this.heldBackSize > MOST_HELD_BACK) this.send();
      return Promise.resolve(NOT_WAITED_FOR);
    }
    this.asked.push(this.heldBack.length / 2 - 1);
    // What is asked in one turn goes together: views that share a transaction ask at the same time.
    if (this.asked.length === 1) process.nextTick(() => this.send());
    return new Promise((resolve, reject) => {
      this.asking.push({ resolve: (rows) => resolve({ rows: rows as Row[] }), reject });
    });
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('nothing is streamed from a writing connection');
  }

  /** After what was sent before. */
  async close(): Promise<void> {
    if (!this.gone) this.worker.postMessage('close' satisfies ToThread);
    await this.ended;
  }

  private holdBack(sql: string, parameters: string): void {
    this.heldBack.push(sql, parameters);
    this.heldBackSize += sql.length + parameters.length;
  }

  private send(): void {
    if (this.heldBack.length === 0) return;
    this.worker.postMessage({ statements: this.heldBack, asked: this.asked } satisfies ToThread);
    this.heldBack = [];
    this.heldBackSize = 0;
    this.asked = [];
  }

  private answer(message: ThreadAnswer): void {
    const next = this.asking.shift();
    if ('fault' in message) next?.reject(errorOf(message.fault));
    else next?.resolve(rowsOf(message.columns, message.values));
  }

  private end(): void {
    this.gone = true;
    for (const { reject } of this.asking.splice(0)) reject(closed());
  }
}

function rowsOf(columns: readonly string[], values: readonly SqlValue[]): Record<string, SqlValue>[] {
  const rows: Record<string, SqlValue>[] = [];
  for (let start = 0; start < values.length; start += columns.length) {
    const row: Record<string, SqlValue> = {};
    for (const [at, column] of columns.entries()) row[column] = values[start + at] ?? null;
    rows.push(row);
  }
  return rows;
}

const errorOf = ({ name, code, message }: ThreadFault): Error => Object.assign(new Error(message), { name, code });

/** As the driver says it of a connection that was closed. */
const closed = (): TypeError => new TypeError('The database connection is not open');
