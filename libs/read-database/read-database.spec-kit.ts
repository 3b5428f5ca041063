import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { dropSchema } from '../postgres/postgres.spec-kit.js';
import { testPostgres } from '../../tools/postgres/test-server.mjs';
import { PostgresReadDatabase, type PostgresReadDatabaseOptions } from './postgres-read-database.js';
import type { ReadDatabase } from './read-database.js';
import { SqliteReadDatabase } from './sqlite-read-database.js';
import { serveWriting, type WritingConnection } from './sqlite-writing.mjs';

/** Every suite that touches a read database runs on each. */
export const READ_DATABASES = ['SQLite', 'PostgreSQL'] as const;
export type ReadDatabaseKind = (typeof READ_DATABASES)[number];

let current: ReadDatabaseKind = 'SQLite';

/** One suite, once on each: `openReadDatabase()` in it opens that kind. */
export function onEachReadDatabase(name: string, suite: (kind: ReadDatabaseKind) => void): void {
  describe.each(READ_DATABASES)(`${name} on %s`, (kind) => {
    beforeAll(() => {
      current = kind;
    });
    suite(kind);
  });
}

export interface OpenedReadDatabase<Database extends ReadDatabase = ReadDatabase> {
  readonly database: Database;
  /** closes it and opens the same again */
  readonly reopen: () => Promise<Database>;
  readonly dispose: () => Promise<void>;
}

/** A read database of its own: a file, or a schema of the tests' PostgreSQL. */
export async function openReadDatabase(kind = current): Promise<OpenedReadDatabase> {
  return kind === 'SQLite' ? openSqlite() : openPostgres();
}

export async function openSqlite(
  open: (file: string) => Promise<SqliteReadDatabase> | SqliteReadDatabase = (file) => SqliteReadDatabase.open(file),
): Promise<OpenedReadDatabase<SqliteReadDatabase> & { readonly file: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-read-'));
  const file = join(directory, 'read.db');
  const opened = await reopenable(async () => open(file));
  return { file, ...opened, dispose: () => opened.dispose().then(() => rm(directory, { recursive: true })) };
}

/** The same in the thread that writes. */
export async function openInWritingThread(): Promise<
  OpenedReadDatabase<SqliteReadDatabase> & { readonly connection: WritingConnection; readonly port: MessagePort }
> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-read-'));
  const { port1, port2 } = new MessageChannel();
  // As the thread of the views is given more than the connection needs, a port among it.
  const given = { file: join(directory, 'read.db'), busyMilliseconds: 5_000, port: port2 };
  const connection = serveWriting(port2, given);
  if (connection === undefined) throw new Error('a new file was refused');
  const open = async (): Promise<SqliteReadDatabase> => SqliteReadDatabase.inWritingThread(connection);
  const opened = await reopenable(open);
  const dispose = async (): Promise<void> => {
    await opened.dispose();
    port1.close();
    await connection.close();
    await rm(directory, { recursive: true });
  };
  return { connection, port: port1, ...opened, dispose };
}

export async function openPostgres(
  options: Partial<PostgresReadDatabaseOptions> = {},
): Promise<OpenedReadDatabase<PostgresReadDatabase> & { readonly url: string; readonly schema: string }> {
  const url = await testPostgres();
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const opened = await reopenable(() => PostgresReadDatabase.open({ url, schema, ...options }));
  return { url, schema, ...opened, dispose: () => opened.dispose().then(() => dropSchema(url, schema)) };
}

async function reopenable<Database extends ReadDatabase>(
  open: () => Promise<Database>,
): Promise<OpenedReadDatabase<Database>> {
  let current = await open();
  return {
    database: current,
    reopen: async () => {
      await current.close();
      current = await open();
      return current;
    },
    dispose: () => current.close(),
  };
}

/** Writes until the log begins anew, which is long before a commit itself would have moved it. */
export async function expectLogMoved(database: SqliteReadDatabase, file: string): Promise<void> {
  await database.transaction(async (tx) => {
    await sql`create table text (id integer primary key, what text)`.execute(tx);
  });
  const looking = new Database(file, { readonly: true });
  const state = looking.prepare<[], [number, number, number]>('pragma wal_checkpoint(NOOP)').raw();
  const ids = Array.from({ length: 8 }, (_, id) => id);
  let longest = 0;
  for (let last = 0, now = 0; now >= last;) {
    await database.transaction(async (tx) => {
      const rows = ids.map((id) => sql`(${id}, ${'x'.repeat(100_000)})`);
      await sql`insert or replace into text values ${sql.join(rows)}`.execute(tx);
    });
    // Where the commit is this thread's own, what the other has to say comes in between.
    await new Promise(setImmediate);
    [last, now] = [now, state.get()?.[1] ?? 0];
    longest = Math.max(longest, now);
  }
  looking.close();
  expect(longest).toBeGreaterThan(4_000);
  expect(longest).toBeLessThan(16_000);
}
