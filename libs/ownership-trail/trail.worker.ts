import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { CommitSignal } from '../event-store/commit-signal.js';
import { followSqliteLog } from '../event-store/sqlite-log-reading.js';
import { SqliteReadDatabase } from '../read-database/sqlite-read-database.js';
import { IndexedTrail } from './indexed-trail.js';
import type { FromTrail, ToTrail, TrailThreadData } from './trail-thread.js';

/** The thread that keeps a trail and its index: opens them, says so, and does as it is told. */
const tell = (message: FromTrail): void => parentPort?.postMessage(message);
const { storeFile, place } = workerData as TrailThreadData;
// Sealing may wait for commands, never they for it. Only Linux takes the priority for this thread alone.
if (process.platform === 'linux') setPriority(10);
const commits = new CommitSignal();
const store = followSqliteLog(storeFile, commits);

try {
  const trail = await IndexedTrail.open({
    place,
    store,
    clock: Date.now,
    observe: (seen) => tell({ kind: 'seen', seen }),
    openDatabase: async (file) => SqliteReadDatabase.openInThisThread(file),
  });
  tell({ kind: 'opened' });
  trail.start();
  parentPort?.on('message', (said: ToTrail) => {
    if (said.kind === 'committed') commits.committed();
    if (said.kind === 'status') {
      const { question } = said;
      void trail.status().then((status) => tell({ kind: 'status', question, status }));
    }
    if (said.kind === 'stop') {
      void trail.stop().then(async () => {
        await store.close();
        parentPort?.close();
      });
    }
  });
} catch (refusal) {
  tell({ kind: 'refused', line: refusal instanceof Error ? refusal.message : String(refusal) });
  await store.close();
  parentPort?.close();
}
