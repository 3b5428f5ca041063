import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropSchema } from '../postgres/postgres.spec-kit.js';
import { testPostgres } from '../../tools/postgres/test-server.mjs';
import { PostgresReadDatabase, type PostgresReadDatabaseOptions } from './postgres-read-database.js';
import type { ReadDatabase } from './read-database.js';
import { SqliteReadDatabase } from './sqlite-read-database.js';

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

export async function openSqlite(): Promise<OpenedReadDatabase<SqliteReadDatabase> & { readonly file: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-read-'));
  const file = join(directory, 'read.db');
  const opened = await reopenable(() => SqliteReadDatabase.open(file));
  return { file, ...opened, dispose: () => opened.dispose().then(() => rm(directory, { recursive: true })) };
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
