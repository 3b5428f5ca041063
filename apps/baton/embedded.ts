import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { createLogger } from '../../libs/telemetry/logger.js';
import type { Settings } from './settings.js';
import { composeBaton, type Running } from './compose.js';
import { assertDevTokensAllowed } from '../../libs/http-kit/dev-tokens-allowed.js';
import { DevTokenIssuer, devKeyFile } from '../../libs/http-kit/dev-tokens.js';
import { tokenVerifier } from '../../libs/http-kit/token-verifier.js';
import { randomPool } from '../../libs/ids/random-pool.js';
import { cachingKeyStore } from '../../libs/personal-data/caching-key-store.js';
import { openKeyFile } from '../../libs/personal-data/key-file.js';
import { SqliteKeyStore } from '../../libs/personal-data/sqlite-key-store.js';
import { SqliteReadDatabase } from '../../libs/read-database/sqlite-read-database.js';

/**
 * Everything in one process on SQLite files: what `npm start` runs, and what the CLI runs where no server is.
 *
 * @throws with one clear line where a setting, a file or a lock does not allow the start; nothing is then left open
 */
export async function startEmbedded(settings: Settings): Promise<Running> {
  const { dataDir, host, issuer } = settings;
  if (!issuer) assertDevTokensAllowed({ host, hasIssuer: false, externalServers: [] });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const clock = Date.now;
  const random = randomPool();
  const verified = issuer ?? (await DevTokenIssuer.open(devKeyFile(dataDir), clock)).settings;
  const store = await SqliteEventStore.open({ file: join(dataDir, 'events.sqlite') });
  const opened: { close(): Promise<void> }[] = [store];
  try {
    assertKeysThere(dataDir);
    const ring = openKeyFile(join(dataDir, 'keys.json'), randomBytes);
    const keyStore = await SqliteKeyStore.open(join(dataDir, 'contacts.sqlite'), ring, random);
    opened.unshift(keyStore);
    const database = await SqliteReadDatabase.open(join(dataDir, 'views.sqlite'));
    opened.push(database);
    return await composeBaton({
      settings,
      store,
      storeFault: () => store.fault?.message,
      database,
      keys: cachingKeyStore(keyStore, { elapsed: () => performance.now() }),
      ring,
      random,
      newRequestId: randomUUID,
      clock,
      verifyToken: tokenVerifier(verified, clock),
      logger: createLogger('baton', settings.logLevel),
      closeStores: () => closeAll(opened),
    });
  } catch (fault) {
    await closeAll(opened);
    throw fault;
  }
}

/** Fresh keys would open nothing of what is there: data without its keys is a restored backup, or the keys were lost. */
function assertKeysThere(dataDir: string): void {
  if (existsSync(join(dataDir, 'contacts.sqlite')) && !existsSync(join(dataDir, 'keys.json')))
    throw new Error(`${dataDir} has data but no keys.json: put the one of this installation there; no backup holds it`);
}

async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const one of opened.toReversed()) await one.close();
}
