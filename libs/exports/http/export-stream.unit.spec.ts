import { text } from 'node:stream/consumers';
import { begunStream } from './export-stream.js';

/** Pages that tell how far they were read and whether they were ended. */
function pagesOf(count: number, fault?: Error) {
  const seen = { read: 0, ended: false };
  async function* pages(): AsyncGenerator<string, void, undefined> {
    try {
      for (; seen.read < count;) {
        seen.read += 1;
        yield `page ${seen.read}\n`.padEnd(100_000, '.');
      }
      if (fault) throw fault;
    } finally {
      seen.ended = true;
    }
  }
  return { seen, pages: pages() };
}

describe('The stream of an export', () => {
  it('carries every page and closes once', async () => {
    const { pages, seen } = pagesOf(5);
    let closed = 0;
    const whole = await text(await begunStream(pages, () => (closed += 1)));
    expect(whole.match(/page \d/g)).toEqual(['page 1', 'page 2', 'page 3', 'page 4', 'page 5']);
    expect({ closed, ...seen }).toEqual({ closed: 1, read: 5, ended: true });
  });

  it('is empty where there is nothing', async () => {
    expect(await text(await begunStream(pagesOf(0).pages, () => undefined))).toBe('');
  });

  it('reads no further than it is taken', async () => {
    const { pages, seen } = pagesOf(1_000);
    const stream = await begunStream(pages, () => undefined);
    for await (const _page of stream) break;
    expect(seen.read).toBeLessThan(5);
  });

  it('stops the reading when it is cut off, also before anybody read from it', async () => {
    for (const takes of [true, false]) {
      const { pages, seen } = pagesOf(1_000);
      await new Promise<void>((closed) => {
        void begunStream(pages, closed).then((stream) => {
          if (takes) stream.once('data', () => stream.destroy());
          else stream.destroy();
        });
      });
      expect(seen.ended).toBe(true);
      expect(seen.read).toBeLessThan(5);
    }
  });

  it('throws a fault of the first page, and breaks off at a later one', async () => {
    let closed = 0;
    const close = () => (closed += 1);
    await expect(begunStream(pagesOf(0, new Error('away')).pages, close)).rejects.toThrow('away');
    await expect(text(await begunStream(pagesOf(2, new Error('away')).pages, close))).rejects.toThrow('away');
    expect(closed).toBe(2);
  });
});
