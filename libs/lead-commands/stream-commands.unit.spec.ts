import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { newEvents } from '../event-store/opened-store.spec-kit.js';
import type { Fold } from './loaded-stream.js';
import { StreamCommands } from './stream-commands.js';

const COUNTING: Fold<number> = { initial: 0, evolve: (count) => count + 1 };

/** Streams of so many events, and from where each of them is read, one load after the other. */
async function loaded(lengths: Readonly<Record<string, number>>, order: readonly string[]): Promise<string[]> {
  const store = new MemoryEventStore();
  for (const [stream, length] of Object.entries(lengths)) await store.append(stream, 'no-stream', newEvents(length));
  const reads: string[] = [];
  const read = store.readStream.bind(store);
  store.readStream = (stream, options = {}) => {
    reads.push(`${stream} from ${options.from}`);
    return read(stream, options);
  };
  const commands = new StreamCommands(store, { cachedStreams: 3, cachedEvents: 100, waitingPerStream: 1 });
  for (const stream of order) expect((await commands.load(stream, COUNTING)).state).toBe(lengths[stream]);
  return reads;
}

describe('Folded streams that are kept', () => {
  it('are those used last, up to so many', async () => {
    const lengths = { 'lead-a': 2, 'lead-b': 2, 'lead-c': 2, 'lead-d': 2 };
    expect(await loaded(lengths, ['lead-a', 'lead-b', 'lead-c', 'lead-a', 'lead-d', 'lead-a', 'lead-b'])).toEqual([
      'lead-a from 0',
      'lead-b from 0',
      'lead-c from 0',
      'lead-a from 2',
      'lead-d from 0',
      'lead-a from 2',
      'lead-b from 0',
    ]);
  });

  it('hold no more events than so many together', async () => {
    expect(await loaded({ 'lead-a': 60, 'lead-b': 60 }, ['lead-a', 'lead-b', 'lead-b', 'lead-a'])).toEqual([
      'lead-a from 0',
      'lead-b from 0',
      'lead-b from 60',
      'lead-a from 0',
    ]);
  });

  it('are none where one alone is longer, and the others stay', async () => {
    expect(await loaded({ 'lead-a': 50, 'lead-long': 101 }, ['lead-a', 'lead-long', 'lead-long', 'lead-a'])).toEqual([
      'lead-a from 0',
      'lead-long from 0',
      'lead-long from 0',
      'lead-a from 50',
    ]);
  });
});
