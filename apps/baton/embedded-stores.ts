import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import type { EventSigner } from '../../libs/event-signing/event-signer.js';
import { openEventSigner, SIGNING_KEY_FILE } from '../../libs/event-signing/signing-key.js';
import { openKeyFile, type KeyFile } from '../../libs/personal-data/key-file.js';
import type { RandomBytes } from '../../libs/personal-data/random-bytes.js';
import { SqliteKeyStore } from '../../libs/personal-data/sqlite-key-store.js';
import { StoredSkips } from '../../libs/projection-runner/skipped-events.js';
import type { ViewRunner } from '../../libs/projection-runner/view-runner.js';
import type { SqliteReadDatabase } from '../../libs/read-database/sqlite-read-database.js';
import { openEmbeddedViews } from './embedded-views.js';

export const STORE_FILE = 'events.sqlite';

export interface EmbeddedStores {
  readonly store: SqliteEventStore;
  readonly keyStore: SqliteKeyStore;
  readonly ring: KeyFile;
  readonly signer: EventSigner;
  readonly database: SqliteReadDatabase;
  /** in the thread that writes the read database; absent where there is none of compiled code */
  readonly views?: ViewRunner;
  readonly close: () => Promise<void>;
}

type Opening = Promise<{ close(): Promise<void> }>;

/**
 * The SQLite files of a data folder. Each has a thread that writes it, and the threads start side by side: starting one
 * is mostly waiting.
 *
 * @throws with one clear line where a file or a lock does not allow it; nothing is then left open
 */
export async function openEmbeddedStores(dataDir: string, random: RandomBytes): Promise<EmbeddedStores> {
  const storeOpening = SqliteEventStore.open({ file: join(dataDir, STORE_FILE) });
  // It claims the folder before it waits for anything: where another process has it, no other file is touched.
  await Promise.race([storeOpening, Promise.resolve()]);
  const openings: Opening[] = [storeOpening];
  try {
    assertKeysThere(dataDir);
    const ring = openKeyFile(join(dataDir, 'keys.json'), randomBytes);
    const keyStoreOpening = SqliteKeyStore.open(join(dataDir, 'contacts.sqlite'), ring, random);
    openings.unshift(keyStoreOpening);
    const viewsOpening = openEmbeddedViews(join(dataDir, 'views.sqlite'), join(dataDir, STORE_FILE));
    openings.push(viewsOpening.then(({ database }) => database));
    const [store, keyStore, { database, runnerOn }] = await Promise.all([storeOpening, keyStoreOpening, viewsOpening]);
    const signer = await openEventSigner(store, join(dataDir, SIGNING_KEY_FILE), randomBytes);
    const views = runnerOn?.(store, new StoredSkips(store, signer));
    const stores = { store, keyStore, ring, signer, database, ...(views && { views }) };
    return { ...stores, close: () => closeAll(openings) };
  } catch (fault) {
    await closeAll(openings);
    throw fault;
  }
}

/** Fresh keys would open nothing of what is there: data without its keys is a restored backup, or the keys were lost. */
function assertKeysThere(dataDir: string): void {
  if (existsSync(join(dataDir, 'contacts.sqlite')) && !existsSync(join(dataDir, 'keys.json')))
    throw new Error(`${dataDir} has data but no keys.json: put the one of this installation there; no backup holds it`);
}

/** The last first; one that did not open has nothing to close. */
async function closeAll(openings: readonly Opening[]): Promise<void> {
  for (const opening of openings.toReversed()) {
    const opened = await opening.catch(() => undefined);
    await opened?.close();
  }
}
