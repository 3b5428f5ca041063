import { randomBytes, randomUUID } from 'node:crypto';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/open-eventstoredb.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { openEventSigner } from '../../libs/event-signing/signing-key.js';
import { KafkaFeed } from '../../libs/event-feed/kafka/kafka-feed.js';
import { randomPool } from '../../libs/ids/random-pool.js';
import { cachingKeyStore } from '../../libs/personal-data/caching-key-store.js';
import { rebuildFences } from '../../libs/erasure/fences.js';
import { StreamCommands } from '../../libs/lead-commands/stream-commands.js';
import { openKeyFile, type KeyFile } from '../../libs/personal-data/key-file.js';
import { PostgresKeyStore } from '../../libs/personal-data/postgres-key-store.js';
import { watchedKeyStore, type WatchedKeyStore } from '../../libs/personal-data/watched-key-store.js';
import { PostgresReadDatabase } from '../../libs/read-database/postgres-read-database.js';
import type { ServiceSettings } from './service-settings.js';
import type { Ports } from './sides.js';

const REFRESH_MS = 30_000;

/** What a service has opened, closed in the opposite order. */
export class Opened {
  readonly #opened: { close(): Promise<void> }[] = [];

  constructor(private readonly settings: ServiceSettings) {}

  async store(): Promise<EventStore> {
    const { eventStore: address, namespace } = this.settings;
    return this.#keep(await openEventStoreDb({ address, ...(namespace !== undefined && { namespace }) }));
  }

  /** All that commands and views stand on. */
  async ports(): Promise<Ports & { readonly keys: WatchedKeyStore }> {
    const { database: url, keyFile, signingKey } = this.settings;
    const random = randomPool();
    const store = await this.store();
    const ring = openKeyFile(keyFile, randomBytes);
    const signer = await openEventSigner(store, signingKey, randomBytes);
    const keyStore = this.#keep(await PostgresKeyStore.open({ url, ring, random }));
    const database = this.#keep(await PostgresReadDatabase.open({ url }));
    const elapsed = (): number => performance.now();
    const keys = watchedKeyStore(cachingKeyStore(keyStore, { elapsed }), elapsed);
    // A key store restored from a backup must not serve whom the events say is erased.
    await rebuildFences({ store, keys, ring, commands: new StreamCommands(store) });
    this.#refreshing(ring);
    return { store, database, keys, ring, signer, random, clock: Date.now };
  }

  /** @param clientId how the brokers see this process */
  async feed(clientId: string): Promise<KafkaFeed> {
    return this.#keep(await KafkaFeed.open({ settings: this.settings.kafka, clientId, newGroup: randomUUID }));
  }

  async close(): Promise<void> {
    for (const one of this.#opened.splice(0).toReversed()) await one.close();
  }

  /** Another process may begin a key epoch, and destroy the keys before it: they are then dropped here too. */
  #refreshing(ring: KeyFile): void {
    const timer = setInterval(() => {
      try {
        ring.refresh();
      } catch {
        // What is missing is missed where a key is next asked for, and refused there.
      }
    }, REFRESH_MS);
    timer.unref();
    this.#keep({ close: () => Promise.resolve(clearInterval(timer)) });
  }

  #keep<One extends { close(): Promise<void> }>(one: One): One {
    this.#opened.push(one);
    return one;
  }
}
