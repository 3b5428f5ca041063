import fc from 'fast-check';
import { inOrder, WorkLines } from './ordered-work.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number += 1) yield number;
}

describe('work in order', () => {
  it('hands out results in the order of the source, however long each takes, and never more than asked at once', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        async (turns, atOnce) => {
          let running = 0;
          let most = 0;
          const work = async (item: number): Promise<number> => {
            most = Math.max(most, (running += 1));
            for (let left = turns[item] ?? 0; left > 0; left -= 1) await turn();
            running -= 1;
            return item;
          };
          const results: number[] = [];
          for await (const result of inOrder(numbers(turns.length), atOnce, work)) results.push(result);
          expect(results).toEqual(turns.map((_, item) => item));
          expect(most).toBeLessThanOrEqual(atOnce);
        },
      ),
      { numRuns: 50 },
    ));

  it('throws the first fault in order', async () => {
    const work = (item: number): Promise<number> =>
      item > 1 ? Promise.reject(new Error(`fault ${item}`)) : turn().then(() => item);
    const results: number[] = [];
    const all = async (): Promise<void> => {
      for await (const result of inOrder(numbers(9), 4, work)) results.push(result);
    };
    await expect(all()).rejects.toThrow('fault 2');
    expect(results).toEqual([0, 1]);
  });

  it('does what shares a key one after the other, also after a fault', async () => {
    const lines = new WorkLines();
    const log: string[] = [];
    const step = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`);
      await turn();
      log.push(`${name} ends`);
      if (name === 'a') throw new Error('a fails');
    };
    const done = [lines.run(['1', '2'], step('a')), lines.run(['2'], step('b')), lines.run(['3'], step('c'))];
    await Promise.allSettled(done);
    expect(log.indexOf('b begins')).toBeGreaterThan(log.indexOf('a ends'));
    expect(log.indexOf('c begins')).toBeLessThan(log.indexOf('a ends'));
  });
});
