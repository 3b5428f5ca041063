import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { composeBaton } from '../apps/baton/compose.js';
import { embeddedTrail, trailInThisThread } from '../apps/baton/embedded-trail.js';
import type { Clock } from '../libs/decider/clock.js';
import type { EventStore, RecordedEvent } from '../libs/event-store/event-store.js';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import { everything } from '../libs/event-store/opened-store.spec-kit.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import { DevTokenIssuer, devKeyFile } from '../libs/http-kit/dev-tokens.js';
import type { RateLimit } from '../libs/http-kit/rate-limit.js';
import { tokenVerifier } from '../libs/http-kit/token-verifier.js';
import { NO_TICKS, type Ticks } from '../libs/lead-commands/ticks.js';
import type { FeedTimes } from '../libs/lead-feed/lead-feed.module.js';
import { openEventSigner, SIGNING_KEY_FILE } from '../libs/event-signing/signing-key.js';
import { openKeyFile, type KeyFile } from '../libs/personal-data/key-file.js';
import type { KeyStore } from '../libs/personal-data/key-store.js';
import { MemoryKeyStore } from '../libs/personal-data/memory-key-store.js';
import { PostgresKeyStore } from '../libs/personal-data/postgres-key-store.js';
import { SqliteKeyStore } from '../libs/personal-data/sqlite-key-store.js';
import { dropSchema } from '../libs/postgres/postgres.spec-kit.js';
import { PostgresReadDatabase } from '../libs/read-database/postgres-read-database.js';
import type { ReadDatabase } from '../libs/read-database/read-database.js';
import { SqliteReadDatabase } from '../libs/read-database/sqlite-read-database.js';
import { createLogger } from '../libs/telemetry/logger.js';
import { testPostgres } from '../tools/postgres/test-server.mjs';
import { Client } from './client.spec-kit.js';
import { ROLES_OF } from './people.spec-kit.js';

export type Stores = 'sqlite' | 'memory';
export const ALL_STORES: readonly Stores[] = ['sqlite', 'memory'];

/** The whole application in this process, on stores of its own, with what a test may look at from behind. */
export interface TestBaton {
  readonly url: string;
  readonly dataDir: string;
  readonly store: EventStore;
  readonly issuer: DevTokenIssuer;
  /** a person of `people.spec-kit`, with the roles that stand there */
  readonly as: (person: string) => Client;
  /** a client without any token */
  readonly nobody: Client;
  /** all events so far, in commit order */
  events(): Promise<readonly RecordedEvent[]>;
  /** every log line so far */
  log(): string;
  stop(): Promise<void>;
}

const NO_LIMIT = { requests: 1_000_000, seconds: 1 };

/** Starts it on a free port. With the same `dataDir` it goes on where it stood; a folder that it made itself it removes. */
export async function startBaton(
  options: {
    readonly stores?: Stores;
    readonly clock?: Clock;
    readonly dataDir?: string;
    readonly rateLimit?: RateLimit;
    readonly feedTimes?: FeedTimes;
    /** what the application gets for its event store */
    readonly store?: (store: EventStore) => EventStore;
    /** the same for its key store */
    readonly keys?: (keys: KeyStore) => KeyStore;
    /** default: none, so that tests do not wait for them */
    readonly ticks?: Ticks;
  } = {},
): Promise<TestBaton> {
  const { stores = 'sqlite', clock = Date.now, rateLimit = NO_LIMIT } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'baton-test-')));
  const issuer = await DevTokenIssuer.open(devKeyFile(dataDir), clock);
  const ring = openKeyFile(join(dataDir, 'keys.json'), randomBytes);
  const opened: EventStore =
    stores === 'sqlite'
      ? await SqliteEventStore.open({ file: join(dataDir, 'events.sqlite') })
      : new MemoryEventStore();
  const store = options.store?.(opened) ?? opened;
  const signer = await openEventSigner(opened, join(dataDir, SIGNING_KEY_FILE), randomBytes);
  const views = await (ON_POSTGRES ? onPostgres : onFiles)(dataDir, ring);
  const openedKeys = stores === 'sqlite' ? await views.keys() : new MemoryKeyStore(randomBytes, ring);
  const keys = options.keys?.(openedKeys) ?? openedKeys;
  const { database } = views;
  const lines: Buffer[] = [];
  const sink = new PassThrough();
  sink.on('data', (chunk: Buffer) => lines.push(chunk));
  const place = embeddedTrail(dataDir, signer);
  const closeStores = async (): Promise<void> => {
    await database.close();
    await keys.close();
    await store.close();
  };
  const running = await composeBaton({
    trail: { place, open: trailInThisThread(place, store, clock) },
    settings: { dataDir, host: '127.0.0.1', port: 0, logLevel: 'info', rateLimit },
    store,
    database,
    keys,
    ring,
    signer,
    random: randomBytes,
    newRequestId: randomUUID,
    clock,
    ticks: options.ticks ?? NO_TICKS,
    verifyToken: tokenVerifier(issuer.settings, clock),
    failureLimit: NO_LIMIT,
    ...(options.feedTimes ? { feedTimes: options.feedTimes } : {}),
    logger: createLogger('baton', 'info', sink),
    closeStores,
  }).catch(async (refusal: unknown) => {
    await closeStores();
    throw refusal;
  });
  const clients = new Map<string, Client>();
  return {
    url: running.url,
    dataDir,
    store,
    issuer,
    nobody: new Client(running.url, 'nobody', async () => undefined),
    as(person) {
      const client = clients.get(person) ?? clientOf(running.url, person, issuer, clock);
      clients.set(person, client);
      return client;
    },
    events: () => everything(store),
    log: () => Buffer.concat(lines).toString(),
    async stop() {
      await running.stop();
      if (options.dataDir !== undefined) return;
      await rm(dataDir, { recursive: true });
      await views.drop();
    },
  };
}

/** Whether views and keys are in a PostgreSQL, as those of the separate services, instead of in files. */
const ON_POSTGRES = process.env.BATON_TEST_VIEWS === 'postgres';

interface Views {
  readonly database: ReadDatabase;
  readonly keys: () => Promise<KeyStore>;
  readonly drop: () => Promise<void>;
}

async function onFiles(dataDir: string, ring: KeyFile): Promise<Views> {
  return {
    database: await SqliteReadDatabase.open(join(dataDir, 'views.sqlite')),
    keys: () => SqliteKeyStore.open(join(dataDir, 'contacts.sqlite'), ring, randomBytes),
    drop: () => Promise.resolve(),
  };
}

/** In schemas of their own, the same ones for the same folder. */
async function onPostgres(dataDir: string, ring: KeyFile): Promise<Views> {
  const url = await testPostgres();
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const [schema, keySchema] = [`views_${name}`, `keys_${name}`];
  return {
    database: await PostgresReadDatabase.open({ url, schema }),
    keys: () => PostgresKeyStore.open({ url, ring, random: randomBytes, schema: keySchema }),
    drop: async () => {
      await dropSchema(url, schema);
      await dropSchema(url, keySchema);
    },
  };
}

const TOKEN_SECONDS = 3_600;

/** A client whose token is renewed when the clock, which a test may drive, has passed its middle. */
export function clientOf(url: string, person: string, issuer: DevTokenIssuer, clock: Clock = Date.now): Client {
  const roles = ROLES_OF[person];
  if (!roles) throw new Error(`${person} is nobody`);
  let issued: { token: Promise<string>; at: number } | undefined;
  return new Client(url, person, () => {
    const now = clock();
    if (!issued || Math.abs(now - issued.at) > (TOKEN_SECONDS * 1000) / 2) {
      issued = { token: issuer.issue({ subject: person, roles, lifetimeSeconds: TOKEN_SECONDS }), at: now };
    }
    return issued.token;
  });
}
