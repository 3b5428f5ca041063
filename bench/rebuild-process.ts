import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openEmbeddedViews, type EmbeddedViews } from '../apps/baton/embedded-views.js';
import { allProjections } from '../apps/composition/projections.js';
import { InProcessFeed } from '../libs/event-feed/in-process-feed.js';
import { EventSigner } from '../libs/event-signing/event-signer.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import { ProjectionRunner } from '../libs/projection-runner/runner.js';
import { StoredSkips } from '../libs/projection-runner/skipped-events.js';
import { PostgresReadDatabase } from '../libs/read-database/postgres-read-database.js';
import type { ReadDatabase } from '../libs/read-database/read-database.js';
import { SEED_BYTES } from '../libs/transparency-log/ed25519.js';
import { SIGNATURE_TYPE } from '../libs/transparency-log/note-key.js';
import { noteSigner } from '../libs/transparency-log/note-signer.js';

/*
 * node rebuild-process.js FOLDER DATABASE: brings all views of the folder's events from nothing to live in a new read
 * database (a file, or `postgres://…` and a schema), then says on a line its seconds and the most memory that this
 * process ever took.
 */

const KIB_PER_MB = 1_024;
const [folder = '', place = '', schema = ''] = process.argv.slice(2);
const storeFile = join(folder, 'events.sqlite');
const store = await SqliteEventStore.open({ file: storeFile });
// Nothing is written in this process.
const signer = new EventSigner(noteSigner('bench', SIGNATURE_TYPE.ed25519, randomBytes(SEED_BYTES)));
const skips = new StoredSkips(store, signer);
const opened: Pick<EmbeddedViews, 'runnerOn'> & { readonly database: ReadDatabase } = place.startsWith('postgres:')
  ? { database: await PostgresReadDatabase.open({ url: place, schema }) }
  : await openEmbeddedViews(place, storeFile);
const { database } = opened;
const runner =
  opened.runnerOn?.(store, skips) ??
  new ProjectionRunner({
    database,
    feed: new InProcessFeed(store),
    projections: allProjections,
    skips,
    clock: Date.now,
  });
const begun = performance.now();
await runner.start();
await runner.whenCaughtUp();
const seconds = (performance.now() - begun) / 1_000;
const fault = (await runner.status()).find((view) => view.fault !== undefined || !view.serving);
if (fault) throw new Error(`${fault.projection} did not come to serve: ${fault.fault ?? fault.status}`);
await runner.stop();
await database.close();
await store.close();
const megabytes = process.resourceUsage().maxRSS / KIB_PER_MB;
process.stdout.write(`${JSON.stringify({ seconds, megabytes })}\n`);
