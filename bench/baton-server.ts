import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { composeBaton, type Running } from '../apps/baton/compose.js';
import { startEmbedded } from '../apps/baton/embedded.js';
import type { Settings } from '../apps/baton/settings.js';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import { DevTokenIssuer, devKeyFile } from '../libs/http-kit/dev-tokens.js';
import { tokenVerifier } from '../libs/http-kit/token-verifier.js';
import { randomPool } from '../libs/ids/random-pool.js';
import { openEventSigner, SIGNING_KEY_FILE } from '../libs/event-signing/signing-key.js';
import { openKeyFile } from '../libs/personal-data/key-file.js';
import { MemoryKeyStore } from '../libs/personal-data/memory-key-store.js';
import { SqliteReadDatabase } from '../libs/read-database/sqlite-read-database.js';
import type { Trail } from '../libs/ownership-trail/trail-status.js';
import { createLogger } from '../libs/telemetry/logger.js';

/*
 * node baton-server.js sqlite|memory DATA-FOLDER: Baton as `npm start` runs it but silent and without a rate limit, or
 * with its events and keys in memory. Says its address on a line and stops when its input ends.
 */

const NO_TRAIL: Trail = {
  status: () =>
    Promise.resolve({ state: 'stopped', size: 0, publishedSize: 0, unsealedMs: 0, unpublishedMs: 0, missing: [] }),
  stop: () => Promise.resolve(),
};

async function startInMemory(settings: Settings): Promise<Running> {
  const { dataDir } = settings;
  const clock = Date.now;
  const random = randomPool();
  const issuer = await DevTokenIssuer.open(devKeyFile(dataDir), clock);
  const database = await SqliteReadDatabase.open(join(dataDir, 'views.sqlite'));
  const store = new MemoryEventStore();
  const signer = await openEventSigner(store, join(dataDir, SIGNING_KEY_FILE), randomBytes);
  return composeBaton({
    settings,
    // What is only in memory needs no proof.
    trail: { place: { folder: join(dataDir, 'trail') }, open: () => Promise.resolve(NO_TRAIL) },
    store,
    signer,
    database,
    keys: new MemoryKeyStore(random),
    ring: openKeyFile(join(dataDir, 'keys.json'), randomBytes),
    random,
    newRequestId: randomUUID,
    clock,
    verifyToken: tokenVerifier(issuer.settings, clock),
    logger: createLogger('baton', settings.logLevel),
    closeStores: async () => {
      await database.close();
    },
  });
}

const [stores, dataDir = ''] = process.argv.slice(2);
const rateLimit = { requests: 1_000_000, seconds: 1 };
const settings: Settings = { dataDir, host: '127.0.0.1', port: 0, logLevel: 'silent', rateLimit };
const { url, stop } = await (stores === 'memory' ? startInMemory : startEmbedded)(settings);
process.stdout.write(`${JSON.stringify({ url })}\n`);
process.stdin.resume().once('end', () => void stop());
