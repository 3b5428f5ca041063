/*
 * A relay in a process of its own, to be killed: node relay-process.mjs DIST STORE-FILE PLAN
 * PLAN is a RelayPlan as JSON. Says what it does in JSON lines; ends on SIGTERM.
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [dist = '', file = '', planText = '{}'] = process.argv.slice(2);
const libs = `${pathToFileURL(dist).href}/libs`;
/** @type {unknown} */
const given = JSON.parse(planText);
const plan = /** @type {import('./spawned-relay.spec-kit.js').RelayPlan} */ (given);
/** @type {unknown[]} */
const loaded = await Promise.all([
  import(`${libs}/event-relay/event-relay.js`),
  import(`${libs}/event-relay/kafka/kafka-target.js`),
  import(`${libs}/event-store/sqlite-log-reading.js`),
]);
const { EventRelay } = /** @type {typeof import('../../libs/event-relay/event-relay.js')} */ (loaded[0]);
const { KafkaTarget } = /** @type {typeof import('../../libs/event-relay/kafka/kafka-target.js')} */ (loaded[1]);
const { readSqliteLog } = /** @type {typeof import('../../libs/event-store/sqlite-log-reading.js')} */ (loaded[2]);

/** @param {object} line */
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

/** The file belongs to the test, which writes it meanwhile: this process only reads, and looks for more now and then. */
const log = readSqliteLog(file);
/** @type {import('../../libs/event-relay/event-relay.js').RelayStore} */
const store = {
  ...log,
  async *subscribe({ after, signal, batchSize = 1_000 }) {
    let position = after;
    while (!signal.aborted) {
      const page = await log.readAll({ ...(position !== undefined && { after: position }), limit: batchSize });
      position = page.at(-1)?.position ?? position;
      if (page.length > 0) yield page;
      else await sleep(5);
    }
  },
};

let steps = 0;
const target = new KafkaTarget({
  settings: { ...plan.settings, skipped: new Set() },
  newNonce: randomUUID,
  onStep: (step) => {
    if (step === plan.killAt?.step && (steps += 1) === plan.killAt.count) process.kill(process.pid, 'SIGKILL');
  },
});
const relay = new EventRelay({
  store,
  target,
  clock: Date.now,
  batchSize: plan.batchSize,
  ...(plan.takeOverAfterMs === undefined ? {} : { takeOverAfterMs: plan.takeOverAfterMs }),
  observe: (seen) => {
    if (seen.kind === 'published') void relay.status().then(({ position }) => say({ position }));
    else if (seen.kind === 'fault') {
      const { name, message } = seen.fault;
      say({ fault: name, kind: 'kind' in seen.fault ? seen.fault.kind : undefined, message });
    } else say({ did: seen.kind });
  },
});
process.once('SIGTERM', () => void relay.stop().then(() => process.exit(0)));
relay.start();
