import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { composeBaton, type BatonParts, type Running } from '../apps/baton/compose.js';
import { openEmbeddedStores } from '../apps/baton/embedded-stores.js';
import { startEmbedded } from '../apps/baton/embedded.js';
import type { Settings } from '../apps/baton/settings.js';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import { DevTokenIssuer, devKeyFile } from '../libs/http-kit/dev-tokens.js';
import { tokenVerifier } from '../libs/http-kit/token-verifier.js';
import { randomPool } from '../libs/ids/random-pool.js';
import type { EventSigner } from '../libs/event-signing/event-signer.js';
import { openEventSigner, SIGNING_KEY_FILE } from '../libs/event-signing/signing-key.js';
import { openKeyFile } from '../libs/personal-data/key-file.js';
import { cachingKeyStore } from '../libs/personal-data/caching-key-store.js';
import { MemoryKeyStore } from '../libs/personal-data/memory-key-store.js';
import type { RandomBytes } from '../libs/personal-data/random-bytes.js';
import { SqliteReadDatabase } from '../libs/read-database/sqlite-read-database.js';
import { LeafIndex } from '../libs/ownership-trail/leaf-index.js';
import { indexFileOf } from '../libs/ownership-trail/trail-files.js';
import type { Trail } from '../libs/ownership-trail/trail-status.js';
import { createLogger } from '../libs/telemetry/logger.js';
import { UNSIGNED } from './unsigned-events.js';

/*
 * node baton-server.js sqlite|memory|unsealed|unsigned DATA-FOLDER: Baton as `npm start` runs it but silent and without a
 * rate limit; with its events and keys in memory; on its files without the trail; or so, and its events not signed. Says
 * its address on a line and stops when its input ends.
 */

const NO_TRAIL: Trail = {
  status: () =>
    Promise.resolve({ state: 'stopped', size: 0, publishedSize: 0, unsealedMs: 0, unpublishedMs: 0, missing: [] }),
  stop: () => Promise.resolve(),
};

/** Its index is there, for whoever is asked about it, and stays empty. */
async function withoutTrail(folder: string): Promise<Trail> {
  const index = await LeafIndex.open(indexFileOf(folder), folder);
  await index.close();
  return NO_TRAIL;
}

type Stores = Pick<BatonParts, 'store' | 'signer' | 'database' | 'keys' | 'ring' | 'closeStores'>;

async function storesInMemory(dataDir: string, random: RandomBytes): Promise<Stores> {
  const database = await SqliteReadDatabase.open(join(dataDir, 'views.sqlite'));
  const store = new MemoryEventStore();
  const signer = await openEventSigner(store, join(dataDir, SIGNING_KEY_FILE), randomBytes);
  const ring = openKeyFile(join(dataDir, 'keys.json'), randomBytes);
  return { store, signer, database, keys: new MemoryKeyStore(random, ring), ring, closeStores: () => database.close() };
}

async function storesInFiles(dataDir: string, random: RandomBytes, signer?: EventSigner): Promise<Stores> {
  const { keyStore, close, ...stores } = await openEmbeddedStores(dataDir, random);
  const keys = cachingKeyStore(keyStore, { elapsed: () => performance.now() });
  return { ...stores, ...(signer && { signer }), keys, closeStores: close };
}

/** Of what is only here to be measured there is no trail. */
const WITHOUT_TRAIL: Readonly<Record<string, (dataDir: string, random: RandomBytes) => Promise<Stores>>> = {
  memory: storesInMemory,
  unsealed: (dataDir, random) => storesInFiles(dataDir, random),
  unsigned: (dataDir, random) => storesInFiles(dataDir, random, UNSIGNED),
};

async function startWithoutTrail(settings: Settings, storesOf: typeof storesInMemory): Promise<Running> {
  const { dataDir } = settings;
  const clock = Date.now;
  const random = randomPool();
  const folder = join(dataDir, 'trail');
  const issuer = await DevTokenIssuer.open(devKeyFile(dataDir), clock);
  return composeBaton({
    settings,
    trail: { place: { folder }, open: () => withoutTrail(folder) },
    ...(await storesOf(dataDir, random)),
    random,
    newRequestId: randomUUID,
    clock,
    verifyToken: tokenVerifier(issuer.settings, clock),
    logger: createLogger('baton', settings.logLevel),
  });
}

const [kind = '', dataDir = ''] = process.argv.slice(2);
const rateLimit = { requests: 1_000_000, seconds: 1 };
const settings: Settings = { dataDir, host: '127.0.0.1', port: 0, logLevel: 'silent', rateLimit };
const storesOf = WITHOUT_TRAIL[kind];
const { url, stop } = await (storesOf ? startWithoutTrail(settings, storesOf) : startEmbedded(settings));
process.stdout.write(`${JSON.stringify({ url })}\n`);
process.stdin.resume().once('end', () => void stop());
