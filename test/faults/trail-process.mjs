/*
 * A sealer in a process of its own, to be stopped and killed: node trail-process.mjs DIST STORE-FILE TRAIL-FOLDER [once]
 * Says what it does in JSON lines; ends with 0 once all is published (once), or when its input ends.
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [dist = '', storeFile = '', folder = '', mode] = process.argv.slice(2);
const libs = `${pathToFileURL(dist).href}/libs`;
/** @type {unknown[]} */
const loaded = await Promise.all([
  import(`${libs}/event-store/commit-signal.js`),
  import(`${libs}/event-store/sqlite-log-reading.js`),
  import(`${libs}/ownership-trail/trail-keeper.js`),
  import(`${libs}/ownership-trail/trail-set-up.js`),
]);
const { CommitSignal } = /** @type {typeof import('../../libs/event-store/commit-signal.js')} */ (loaded[0]);
const { followSqliteLog } = /** @type {typeof import('../../libs/event-store/sqlite-log-reading.js')} */ (loaded[1]);
const { TrailKeeper } = /** @type {typeof import('../../libs/ownership-trail/trail-keeper.js')} */ (loaded[2]);
const { openTrailSetUp } = /** @type {typeof import('../../libs/ownership-trail/trail-set-up.js')} */ (loaded[3]);

/** @param {object} line */
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

/** The one before may have published everything already. */
async function endIfPublished() {
  const { publishedSize } = await keeper.status();
  if (publishedSize === all.length) process.exit(0);
}

const commits = new CommitSignal();
const store = followSqliteLog(storeFile, commits);
const all = await store.readAll({ limit: 10_000 });
/** @type {import('../../libs/ownership-trail/trail-keeper.js').TrailKeeper} */
let keeper;
try {
  keeper = await TrailKeeper.open({
    ...openTrailSetUp({ folder, origin: 'log.example/faults' }, randomBytes),
    store,
    fetch,
    clock: Date.now,
    times: { pace: 1, retry: 20 },
    observe: (seen) => {
      say(seen);
      if (mode === 'once' && (seen.kind === 'published' || seen.kind === 'checked')) void endIfPublished();
      if (mode === 'once' && seen.kind === 'alarm') process.exit(3);
    },
  });
  keeper.start();
  say({ kind: 'opened' });
  if (mode !== 'once') {
    process.stdin.on('data', () => commits.committed());
    process.stdin.once('end', () => void keeper.stop().then(() => process.exit(0)));
  }
} catch (refusal) {
  say({ kind: 'refused', line: refusal instanceof Error ? refusal.message : String(refusal) });
  process.exitCode = 1;
}
