import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedStore } from './opened-store.spec-kit.js';
import { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite-event-store.js';

export interface OpenedSqliteStore extends OpenedStore {
  readonly store: SqliteEventStore;
  readonly file: string;
  readonly reopen: () => Promise<SqliteEventStore>;
}

/** A store in a directory of its own, which does not exist before. */
export async function openSqliteStore(options: Omit<SqliteEventStoreOptions, 'file'> = {}): Promise<OpenedSqliteStore> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-store-'));
  const file = join(directory, 'data', 'events.db');
  const store = await SqliteEventStore.open({ file, ...options });
  let current = store;
  return {
    store,
    file,
    reopen: async () => {
      await current.close();
      current = await SqliteEventStore.open({ file, ...options });
      return current;
    },
    dispose: async () => {
      await current.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Runs a test against a store of its own. */
export function withSqliteStore(
  options: Omit<SqliteEventStoreOptions, 'file'>,
  test: (opened: OpenedSqliteStore) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const opened = await openSqliteStore(options);
    try {
      await test(opened);
    } finally {
      await opened.dispose();
    }
  };
}
