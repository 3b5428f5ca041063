import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { everything, idsOf, newEvents, newStream } from '../event-store/opened-store.spec-kit.js';
import { EventRelay, type RelayObservation, type RelayOptions } from './event-relay.js';
import { MemoryTarget } from './memory-target.spec-kit.js';

const recordedAt = '2026-03-01T00:00:00.000Z';
const now = Date.parse(recordedAt) + 5_000;

async function setUp(options: Partial<RelayOptions> = {}) {
  const store = new MemoryEventStore();
  const target = new MemoryTarget();
  const seen: RelayObservation[] = [];
  const make = (more: Partial<RelayOptions> = {}) =>
    new EventRelay({
      store,
      target,
      clock: () => now,
      batchSize: 10,
      pause: async () => undefined,
      observe: (observation) => void seen.push(observation),
      ...options,
      ...more,
    });
  const append = async (count: number): Promise<void> => {
    const events = newEvents(count).map((event) => ({ ...event, metadata: { recordedAt } }));
    await store.append(newStream(), 'no-stream', events);
  };
  return { store, target, seen, make, append };
}

describe('a relay', () => {
  it('publishes what was there and what comes, each once and in order, and goes on where it was', async () => {
    const { store, target, make, append } = await setUp();
    await append(25);
    const first = make();
    first.start();
    await target.whenPublished(25);
    await append(3);
    await target.whenPublished(28);
    await first.stop();
    await append(4);
    const second = make();
    second.start();
    await target.whenPublished(32);
    await second.stop();
    expect(await second.status()).toEqual({ state: 'stopped', position: '32', behindMs: 0, fault: undefined });
    expect(idsOf(target.published)).toEqual(idsOf(await everything(store)));
  });

  it('does neither lose nor repeat, whether a batch failed before it was done or its answer was lost', async () => {
    const { store, target, make, append } = await setUp();
    let asked = 0;
    target.disturb = () => (['away', undefined, 'lost', 'away', undefined] as const)[asked++ % 5];
    await append(95);
    const relay = make();
    relay.start();
    await target.whenPublished(95);
    await relay.stop();
    expect(idsOf(target.published)).toEqual(idsOf(await everything(store)));
    expect(target.sessions).toBeGreaterThan(5);
  });

  it('stops at what cannot be sent and says how old it is, then goes on with it once that is possible', async () => {
    const pauses: number[] = [];
    let resume: () => void = () => undefined;
    const pause = (attempt: number): Promise<void> => {
      pauses.push(attempt);
      return new Promise((resolve) => (resume = resolve));
    };
    const { store, target, make, append } = await setUp({ pause });
    let isTooLarge = true;
    const refused = new Promise<void>((resolve) => {
      target.disturb = () => {
        resolve();
        return isTooLarge ? 'too-large' : undefined;
      };
    });
    await append(5);
    const relay = make();
    relay.start();
    await refused;
    await new Promise(setImmediate);
    expect(await relay.status()).toMatchObject({ state: 'starting', behindMs: 5_000, fault: 'too large' });
    expect(target.published).toEqual([]);
    expect(pauses[0]).toBeGreaterThanOrEqual(20);
    isTooLarge = false;
    resume();
    await target.whenPublished(5);
    await relay.stop();
    expect(idsOf(target.published)).toEqual(idsOf(await everything(store)));
  });

  it('is put out by a later one, and takes over when events wait too long at that one', async () => {
    const { store, target, make, append } = await setUp({ takeOverAfterMs: 1 });
    const first = make();
    first.start();
    await append(1);
    await target.whenPublished(1);
    const second = make();
    second.start();
    await append(1);
    await target.whenPublished(2);
    await second.stop();
    await append(3);
    await target.whenPublished(5);
    await first.stop();
    expect(idsOf(target.published)).toEqual(idsOf(await everything(store)));
  });

  it('publishes nothing of a store that is behind what was published', async () => {
    const { target, seen, make, append } = await setUp();
    await append(3);
    target.position = '4';
    let tried: () => void = () => undefined;
    const faulty = new Promise<void>((resolve) => (tried = resolve));
    const relay = make({
      pause: (_attempt, signal) => {
        tried();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    });
    relay.start();
    await faulty;
    await relay.stop();
    expect(target.published).toEqual([]);
    expect(seen).toMatchObject([{ kind: 'fault', fault: { name: 'CheckpointBeyondStore', kind: 'fatal' } }]);
  });
});
