import { parentPort, workerData } from 'node:worker_threads';
import { CommitSignal } from '../../libs/event-store/commit-signal.js';
import { followSqliteLog } from '../../libs/event-store/sqlite-log-reading.js';
import { InProcessFeed } from '../../libs/event-feed/in-process-feed.js';
import { ProjectionRunner } from '../../libs/projection-runner/runner.js';
import { serveRunner } from '../../libs/projection-runner/serve-runner.js';
import { SqliteReadDatabase } from '../../libs/read-database/sqlite-read-database.js';
import { serveWriting } from '../../libs/read-database/sqlite-writing.mjs';
import { allProjections } from '../composition/projections.js';
import type { ViewsThreadData } from './embedded-views.js';

/*
 * The thread that writes the read database: it folds the views with the connection that it has, and runs what the
 * process's other thread sends. Without a read database it ends.
 */
const data = workerData as ViewsThreadData;
const connection = parentPort ? serveWriting(parentPort, data) : undefined;
if (connection) {
  serveRunner(data.port, (skips) => {
    const commits = new CommitSignal();
    const store = followSqliteLog(data.storeFile, commits);
    const database = SqliteReadDatabase.inWritingThread(connection);
    const feed = new InProcessFeed(store);
    return {
      runner: new ProjectionRunner({ database, feed, projections: allProjections, skips, clock: Date.now }),
      committed: () => commits.committed(),
      async close() {
        await database.close();
        await store.close();
      },
    };
  });
}
