import { join } from 'node:path';
import { namespaceFrom } from '../composition/process-settings.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { readSqliteLog } from '../../libs/event-store/sqlite-log-reading.js';

export type ReadStore = Pick<EventStore, 'readAll' | 'readStream' | 'head' | 'comparePositions' | 'close'>;

/**
 * The event store for whoever only looks: that of BATON_EVENT_STORE (and BATON_EVENT_STORE_NAMESPACE), else the file in a data directory, whose server
 * may be running.
 *
 * @throws StoreFault, AddressRefused in one line
 */
export async function openForReading(data: string): Promise<ReadStore> {
  const { BATON_EVENT_STORE: address } = process.env;
  if (!address) return readSqliteLog(join(data, 'events.sqlite'));
  const { openEventStoreDb } = await import('../../libs/event-store/eventstoredb/open-eventstoredb.js');
  return openEventStoreDb({ address, ...namespaceFrom(process.env) });
}
