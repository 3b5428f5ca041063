import fc from 'fast-check';
import { onEachReadDatabase, openReadDatabase } from '../read-database/read-database.spec-kit.js';
import { afterFeed, canonicalDump, delivered, dumpOf, feedOf, recordedAll } from './projection.spec-kit.js';
import { step, StepProjection } from './step-projection.spec-kit.js';

const histories = fc
  .array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 12 })
  .map((lengths) =>
    lengths.map((length, n) => ({ stream: `walk-${n}`, events: Array.from({ length }, () => step()) })),
  );

onEachReadDatabase('a read database that is lost or delivered to again', () => {
  it('has the same rows after ten deliveries, with a restart before each', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 1, max: 9 }), async (given, batchSize) => {
        const expected = await dumpOf(new StepProjection(), given);
        const opened = await openReadDatabase();
        try {
          for (let times = 1; times <= 10; times += 1) {
            const feed = feedOf(delivered(times)(recordedAll(given)), batchSize);
            await afterFeed(opened.database, [new StepProjection()], feed, async () => undefined);
          }
          expect(await canonicalDump(opened.database, new StepProjection())).toEqual(expected);
        } finally {
          await opened.dispose();
        }
      }),
      { numRuns: 5 },
    );
  });

  it('is filled anew from nothing to the rows that it had', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 1, max: 9 }), async (given, batchSize) => {
        const live = await dumpOf(new StepProjection(), given, undefined, batchSize);
        expect(await dumpOf(new StepProjection(), given)).toEqual(live);
      }),
      { numRuns: 5 },
    );
  });
});
