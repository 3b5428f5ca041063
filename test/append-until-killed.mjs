// Run by sqlite-kill.e2e.spec.ts: appends under concurrent load and prints every acknowledged append, until killed.
import { createHash, randomUUID } from 'node:crypto';

const [, , storeModule = '', file = ''] = process.argv;
/** @type {unknown} */
const loaded = await import(storeModule);
const { SqliteEventStore } = /** @type {typeof import('../libs/event-store/sqlite-event-store.js')} */ (loaded);
const store = await SqliteEventStore.open({ file });

/** @param {number} appender */
async function appendForEver(appender) {
  const stream = `lead-${appender}-${randomUUID()}`;
  for (let revision = -1; ;) {
    const events = Array.from({ length: 1 + (appender % 3) }, () => ({
      id: randomUUID(),
      type: 'TouchRecorded.v1',
      data: { fill: randomUUID().repeat(10) },
      metadata: { $correlationId: randomUUID() },
    }));
    const result = await store.append(stream, revision < 0 ? 'no-stream' : revision, events);
    if (!result.ok) throw new Error('a lone appender met a conflict');
    for (const { id, data, metadata } of events) {
      revision += 1;
      const bytes = createHash('sha256')
        .update(JSON.stringify([data, metadata]))
        .digest('hex');
      // To a pipe this writes at once, so what was acknowledged before the kill is told.
      process.stdout.write(`${stream} ${revision} ${id} ${bytes}\n`);
    }
  }
}

await Promise.all(Array.from({ length: 32 }, (_, appender) => appendForEver(appender)));
