import fc from 'fast-check';
import type { EventStore, ExpectedRevision, NewEvent } from './event-store.js';
import { MemoryEventStore } from './memory-event-store.js';
import { everything } from './opened-store.spec-kit.js';
import { openSqliteStore } from './sqlite-store.spec-kit.js';

type Step = (store: EventStore) => Promise<unknown>;

const stream = fc.constantFrom('lead-a', 'lead-b', 'agreement-a');
const expected: fc.Arbitrary<ExpectedRevision> = fc.oneof(fc.constant('no-stream' as const), fc.nat(6));
// Few ids, so that repetitions, parts of them and clashes come up often; an id always has the same bytes.
const event: fc.Arbitrary<NewEvent> = fc.nat(5).map((n) => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  type: 'TouchRecorded.v1',
  data: { n, text: 'é\u2028'.repeat(n) },
  metadata: { $correlationId: `c-${n}` },
}));
const from = fc.option(fc.nat(8), { nil: undefined });
const limit = fc.integer({ min: 1, max: 4 });

const append = fc.tuple(stream, expected, fc.array(event, { maxLength: 3 })).map(
  ([name, revision, events]): Step =>
    (store) =>
      store.append(name, revision, events),
);
const read = fc.tuple(stream, from, limit, fc.constantFrom('forward' as const, 'backward' as const)).map(
  ([name, start, most, direction]): Step =>
    (store) =>
      store.readStream(name, { limit: most, direction, ...(start !== undefined && { from: start }) }),
);
const readAll = fc.tuple(fc.nat(9), limit).map(
  ([after, most]): Step =>
    (store) =>
      store.readAll({ after: String(after), limit: most }),
);

// Appends at once make a group; reads stand between groups.
const rounds = fc.array(
  fc.oneof(
    { arbitrary: fc.array(append, { minLength: 1, maxLength: 8 }), weight: 3 },
    read.map((step) => [step]),
    readAll.map((step) => [step]),
  ),
  { maxLength: 60 },
);

it('the SQLite store answers every history as the one in memory does', async () => {
  await fc.assert(
    fc.asyncProperty(rounds, async (history) => {
      const memory = new MemoryEventStore();
      const { store, dispose } = await openSqliteStore();
      try {
        for (const steps of history) {
          const answers = await Promise.all(steps.map((step) => step(store)));
          expect(answers).toEqual(await Promise.all(steps.map((step) => step(memory))));
        }
        expect(await everything(store)).toEqual(await everything(memory));
        expect(await store.head()).toEqual(await memory.head());
      } finally {
        await dispose();
      }
    }),
    { numRuns: 25 },
  );
});
