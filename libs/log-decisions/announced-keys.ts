import { verifyEventSignature, type EventKeys } from '../contracts/event-keys.js';
import { metadataOf } from '../contracts/event-metadata.js';
import { eventVersions, storedType } from '../contracts/event-type.js';
import { leafOf } from '../contracts/leaf.js';
import type { EventStore } from '../event-store/event-store.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import { evolveLogKeys, LOG_KEYS_STREAM, NO_LOG_KEYS, type LogKeys } from './log-keys.js';

const PAGE = 1_000;

/**
 * The keys that a store's `log-keys` announces: the first by itself, each further one by an event that a key before it
 * signed. A problem names the first event that is not. Whether the first is to be trusted the store cannot say: that is
 * why the file that is made of this is handed over out of band.
 */
export async function announcedKeys(store: Pick<EventStore, 'readStream'>): Promise<Parsed<EventKeys>> {
  let state: LogKeys = NO_LOG_KEYS;
  for (let from = 0; ; from += PAGE) {
    const page = await store.readStream(LOG_KEYS_STREAM, { from, limit: PAGE });
    for (const event of page) {
      const place = `${LOG_KEYS_STREAM}@${event.revision}`;
      const read = eventVersions.read(event);
      if (!read) return refused(`${place} is of a type that this program does not know`);
      const { recordedAt } = metadataOf(event);
      const next = evolveLogKeys(state, { type: storedType(read.name), data: read.data, recordedAt });
      const by = state.eventKeys.size === 0 ? next.eventKeys : state.eventKeys;
      const signed = verifyEventSignature(leafOf(event, undefined), by);
      if (!signed.ok) return refused(`${place}: ${signed.problem}`);
      state = next;
    }
    if (page.length < PAGE) return parsed(state.eventKeys);
  }
}
