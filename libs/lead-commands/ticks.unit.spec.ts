import fc from 'fast-check';
import { ticks } from './ticks.js';

/** A timer that a test drives: pausing is what moves it, exactly, too short or too long as is said. */
function drivenTimer(offBy = 0) {
  let now = 1_000;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => now,
    advance: (ms: number) => (now += ms),
    elapsed: () => now,
    pause(ms: number) {
      pauses.push(ms);
      now += Math.max(0.25, ms + offBy);
      return Promise.resolve();
    },
  };
}

describe('A work that ends on a tick', () => {
  it.each([
    [0, 50],
    [1, 50],
    [49.5, 50],
    [50, 50],
    [50.5, 100],
    [260, 300],
  ])('of %d ms is answered after %d', async (took, after) => {
    const timer = drivenTimer();
    const answer = await ticks(timer, 50).endOnTick(async () => {
      timer.advance(took);
      return 'done';
    });
    expect([answer, timer.now()]).toEqual(['done', 1_000 + after]);
  });

  it('is answered at the same moment, however long it took up to the tick, and whether it is done or fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 199 }).map((quarters) => quarters / 4),
        fc.integer({ min: 0, max: 5 }),
        fc.boolean(),
        async (took, before, fails) => {
          const timer = drivenTimer();
          const fault = new Error('away');
          const answered = ticks(timer, 50).endOnTick(async () => {
            timer.advance(took + before * 50);
            if (fails) throw fault;
            return 'done';
          });
          expect(await answered.catch((thrown: unknown) => thrown)).toBe(fails ? fault : 'done');
          expect(timer.now()).toBe(1_000 + (before + 1) * 50);
        },
      ),
    );
  });

  it('is not answered before it by a timer that fires too early', async () => {
    const timer = drivenTimer(-7);
    await ticks(timer, 50).endOnTick(() => Promise.resolve());
    expect(timer.now()).toBeGreaterThanOrEqual(1_050);
    expect(timer.pauses.length).toBeGreaterThan(1);
  });
});
