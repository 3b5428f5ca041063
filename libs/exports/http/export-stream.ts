import { Readable } from 'node:stream';

/**
 * A stream that has begun: a fault of its first page is thrown here, while it can still be answered as a
 * problem. Nothing more is read than is taken, and nothing after the stream is closed, by whichever side.
 *
 * @param closed called once, at the very end, also after a fault
 */
export async function begunStream(
  pages: AsyncGenerator<string | Uint8Array, void, undefined>,
  closed: () => void,
): Promise<Readable> {
  let first: IteratorResult<string | Uint8Array, void>;
  try {
    first = await pages.next();
  } catch (fault) {
    closed();
    throw fault;
  }
  async function* all(): AsyncGenerator<string | Uint8Array> {
    if (first.done) return;
    yield first.value;
    yield* pages;
  }
  return Readable.from(all(), { objectMode: false }).once('close', () => {
    // Also where nobody ever read from the stream, and so nobody ended the pages.
    void pages.return().finally(closed);
  });
}
