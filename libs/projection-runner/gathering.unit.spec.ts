import { Gathering } from './gathering.js';

const A_DAY_MS = 86_400_000;
const never = new AbortController().signal;

describe('The breath between two batches', () => {
  it('ends by itself', async () => {
    await expect(new Gathering(1).pause(never)).resolves.toBeUndefined();
  });

  it('ends for all when somebody asks, and is not taken until the answer is there', async () => {
    const gathering = new Gathering(A_DAY_MS);
    const breaths = [gathering.pause(never), gathering.pause(never)];
    let answer = (_: string): void => undefined;
    const asked = gathering.without(() => new Promise<string>((resolve) => (answer = resolve)));
    await Promise.all(breaths);
    await gathering.pause(never);
    answer('here');
    await expect(asked).resolves.toBe('here');
  });

  it('is taken again after an answer, also after a failed one', async () => {
    const gathering = new Gathering(A_DAY_MS);
    await expect(gathering.without(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    let ended = false;
    const breath = gathering.pause(never).then(() => (ended = true));
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    await gathering.without(() => Promise.resolve());
    await breath;
  });

  it('ends when the work is to stop, and is not taken then', async () => {
    const gathering = new Gathering(A_DAY_MS);
    const stopping = new AbortController();
    const breath = gathering.pause(stopping.signal);
    stopping.abort();
    await breath;
    await gathering.pause(stopping.signal);
  });
});
