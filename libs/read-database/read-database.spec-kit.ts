import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteReadDatabase } from './sqlite-read-database.js';

export interface OpenedReadDatabase {
  readonly file: string;
  readonly database: SqliteReadDatabase;
  /** closes it and opens the same file again */
  readonly reopen: () => Promise<SqliteReadDatabase>;
  readonly dispose: () => Promise<void>;
}

/** A read database in a directory of its own. */
export async function openReadDatabase(): Promise<OpenedReadDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-read-'));
  const file = join(directory, 'read.db');
  let current = await SqliteReadDatabase.open(file);
  return {
    file,
    database: current,
    reopen: async () => {
      await current.close();
      current = await SqliteReadDatabase.open(file);
      return current;
    },
    dispose: async () => {
      await current.close();
      await rm(directory, { recursive: true });
    },
  };
}
