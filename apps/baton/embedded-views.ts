import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { RemoteRunner } from '../../libs/projection-runner/remote-runner.js';
import type { SkippedEvents } from '../../libs/projection-runner/skipped-events.js';
import type { ViewRunner } from '../../libs/projection-runner/view-runner.js';
import { SqliteReadDatabase } from '../../libs/read-database/sqlite-read-database.js';
import type { ThreadData } from '../../libs/read-database/sqlite-writing.mjs';

export interface ViewsThreadData extends ThreadData {
  /** of the event store; read once the runner is started */
  readonly storeFile: string;
  /** of `serveRunner` */
  readonly port: MessagePort;
}

export interface EmbeddedViews {
  readonly database: SqliteReadDatabase;
  /** The runner in the thread that writes the database; undefined where this thread has to fold. */
  readonly runnerOn?: (store: Pick<SqliteEventStore, 'committed'>, skips: SkippedEvents) => ViewRunner;
}

/** Rows of a batch die young whatever room they have; with V8's own limit a rebuild takes 30 MB more, and no less time. */
const LIMITS = { maxYoungGenerationSizeMb: 24 };
const THREAD = fileURLToPath(new URL('./views.worker.js', import.meta.url));

/**
 * The read database with a thread that writes it and folds the views. Threads run compiled code only: from sources, in
 * tests, the views are folded in the calling thread.
 *
 * @throws ReadDatabaseFault, in one line, where the file is no read database
 */
export async function openEmbeddedViews(file: string, storeFile: string): Promise<EmbeddedViews> {
  if (!existsSync(THREAD)) return { database: await SqliteReadDatabase.open(file) };
  const { port1, port2 } = new MessageChannel();
  const database = await SqliteReadDatabase.open(file, (data) => {
    const workerData: ViewsThreadData = { ...data, storeFile, port: port2 };
    return new Worker(THREAD, { workerData, transferList: [port2], resourceLimits: LIMITS });
  });
  return {
    database,
    runnerOn: (store, skips) =>
      new RemoteRunner({ port: port1, skips, committed: (signal) => store.committed(signal) }),
  };
}
