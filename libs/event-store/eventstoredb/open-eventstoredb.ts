import { readFileSync } from 'node:fs';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { AddressRefused, eventStoreDbAddress, type EventStoreDbAddress } from './address.js';
import { EventStoreDbEventStore, type EventStoreDbParts, type EventStoreDbTimes } from './eventstoredb-event-store.js';
import { reached } from './reaching.js';
import { StreamNames } from './stream-names.js';

export interface EventStoreDbSettings {
  /** `esdb://` or `esdb+discover://`, with user and password where the server has TLS */
  readonly address: string;
  /** Several Batons on one server each see their own streams. */
  readonly namespace?: string;
  /** how long the server may take to be there when it is opened, ms; default 10,000 */
  readonly openWithinMs?: number;
  readonly times?: EventStoreDbTimes;
}

export type EventStoreDbDeps = Partial<Pick<EventStoreDbParts, 'elapsed' | 'pause'>>;

/**
 * Opens the store and proves that a server of the right kind answers there and lets the user follow `$all`.
 *
 * @throws AddressRefused, in one clear line with a way out: an address that is none, a server that is away or of another
 * kind, an untrusted certificate, a user that is refused. Nothing was written.
 */
export async function openEventStoreDb(
  settings: EventStoreDbSettings,
  { elapsed = () => performance.now(), pause }: EventStoreDbDeps = {},
): Promise<EventStoreDbEventStore> {
  const address = eventStoreDbAddress(settings.address);
  const names = new StreamNames(settings.namespace);
  const connect = await connecting(address);
  const store = new EventStoreDbEventStore({
    connect,
    names,
    credentials: address.credentials ?? NOBODY,
    elapsed,
    ...(settings.times && { times: settings.times }),
    ...(pause && { pause }),
  });
  try {
    await reached(address, connect, { withinMs: settings.openWithinMs ?? 10_000, elapsed });
    return store;
  } catch (refusal) {
    await store.close();
    throw refusal;
  }
}

/** An insecure server takes any. */
const NOBODY = { username: 'baton', password: 'none' };

/**
 * Loads the driver, which costs a third of a second, only where it is used.
 *
 * @throws AddressRefused where the file of the certificate authority cannot be read
 */
export async function connecting(address: EventStoreDbAddress): Promise<() => EventStoreDBClient> {
  if (address.caFile !== undefined) assertReadable(address.caFile);
  const { EventStoreDBClient } = await import('@eventstore/db-client');
  return () => EventStoreDBClient.connectionString(address.text);
}

function assertReadable(caFile: string): void {
  try {
    if (readFileSync(caFile, 'utf8').includes('BEGIN CERTIFICATE')) return;
  } catch {
    // Told below.
  }
  throw new AddressRefused(`BATON_EVENT_STORE: tlsCAFile ${caFile} is no readable PEM certificate`);
}
