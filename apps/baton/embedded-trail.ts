import { join } from 'node:path';
import type { Clock } from '../../libs/decider/clock.js';
import type { EventSigner } from '../../libs/event-signing/event-signer.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { TRAIL_FOLDER } from '../../libs/ownership-trail/trail-files.js';
import type { TrailPlace } from '../../libs/ownership-trail/trail-set-up.js';
import type { Trail, TrailObservation } from '../../libs/ownership-trail/trail-status.js';
import { TrailThread } from '../../libs/ownership-trail/trail-thread.js';
import { formatVkey } from '../../libs/transparency-log/note-key.js';
import { STORE_FILE } from './embedded-stores.js';

/** Opens the trail, which then goes on by itself. @throws TrailRefused in one line where it must not go on */
export type OpenTrail = (observe: (seen: TrailObservation) => void) => Promise<Trail>;

/** The trail of a data folder: `trail/`, and beside it its key, its policy and the event keys that it trusts. */
export const embeddedTrail = (dataDir: string, signer: EventSigner): TrailPlace => ({
  folder: join(dataDir, TRAIL_FOLDER),
  writerKey: formatVkey(signer.key),
});

/** In a thread of its own, so that commands do not wait while events are sealed. */
export const trailInThread =
  (dataDir: string, place: TrailPlace, store: SqliteEventStore): OpenTrail =>
  (observe) =>
    // Threads run compiled code only; from sources (in tests) this one does the work.
    TrailThread.canStart
      ? TrailThread.start({
          data: { storeFile: join(dataDir, STORE_FILE), place },
          committed: (signal) => store.committed(signal),
          observe,
        })
      : trailInThisThread(place, store, Date.now)(observe);

/** The same without a thread of its own. */
export const trailInThisThread =
  (place: TrailPlace, store: EventStore, clock: Clock): OpenTrail =>
  async (observe) => {
    const { IndexedTrail } = await import('../../libs/ownership-trail/indexed-trail.js');
    const trail = await IndexedTrail.open({ place, store, clock, observe });
    trail.start();
    return trail;
  };
