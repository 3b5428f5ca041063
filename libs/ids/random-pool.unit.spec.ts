import { randomPool } from './random-pool.js';

/** Fills with 1, 2, 3 … over all blocks, so that a byte handed out twice would be seen. */
function counting() {
  let next = 0;
  return (block: Uint8Array): void => {
    for (let at = 0; at < block.length; at += 1) block[at] = (next += 1) % 251;
  };
}

describe('A pool of random bytes', () => {
  it('hands out as many as were asked for, each once and in order', () => {
    const take = randomPool(counting());
    expect([...take(3), ...take(2)]).toEqual([1, 2, 3, 4, 5]);
  });

  it('takes a new block where the rest is too short, and never zeros', () => {
    const take = randomPool(counting());
    for (let taken = 0; taken < 1_000; taken += 1) {
      const bytes = take(17);
      expect(bytes).toHaveLength(17);
      // 0 comes once in 251 bytes; what had been wiped would be zeros throughout.
      expect(bytes.filter((byte) => byte === 0).length).toBeLessThan(2);
    }
  });

  it('hands out more than a block holds', () => {
    expect(randomPool(counting())(10_000)).toHaveLength(10_000);
  });

  it('keeps nothing of what it handed out', () => {
    let block = new Uint8Array();
    const take = randomPool((filled) => {
      block = filled as Uint8Array<ArrayBuffer>;
      counting()(filled);
    });
    const bytes = take(32);
    expect([...bytes]).not.toContain(0);
    expect([...block.subarray(0, 32)]).toEqual(Array.from({ length: 32 }, () => 0));
  });

  it('is random by default', () => {
    const take = randomPool();
    const taken = Array.from({ length: 1_000 }, () => Buffer.from(take(16)).toString('hex'));
    expect(new Set(taken).size).toBe(1_000);
  });
});
