import type { EventKeys } from '../contracts/event-keys.js';
import type { EventStore } from '../event-store/event-store.js';
import { SealingKeys } from './sealing-keys.js';
import { trustedEventKeys, type TrailPlace } from './trail-set-up.js';

/** What is served of a log: its files, and the keys of its events. */
export interface ServedTrail {
  readonly folder: string;
  readonly eventKeys: () => Promise<EventKeys>;
}

/** All keys of events as they stand: those trusted from the start, and those announced by them since. */
export const servedTrail = (place: TrailPlace, store: Pick<EventStore, 'readStream'>): ServedTrail => ({
  folder: place.folder,
  eventKeys: async () => (await SealingKeys.restored(trustedEventKeys(place), store, undefined)).current,
});
