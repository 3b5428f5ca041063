import { copyStore } from '../libs/event-store/copy-store.js';
import type { EventStore } from '../libs/event-store/event-store.js';
import { openEventStoreDb } from '../libs/event-store/eventstoredb/open-eventstoredb.js';
import type { EventStoreDbEventStore } from '../libs/event-store/eventstoredb/eventstoredb-event-store.js';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import { everything, newEvent, newEvents, newStream } from '../libs/event-store/opened-store.spec-kit.js';
import { openSqliteStore, type OpenedSqliteStore } from '../libs/event-store/sqlite-store.spec-kit.js';
import { EventStoreDbDouble } from './eventstoredb/eventstoredb-double.spec-kit.js';
import { TIMES } from './eventstoredb/fault-store.spec-kit.js';

const timeOf = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString();

/** What an event is, wherever it lies. */
const contentOf = async (store: EventStore) =>
  (await everything(store)).map(({ stream, revision, id, type, data, metadata }) => ({
    ...{ stream, revision, id, type, data, metadata },
  }));

describe('copying a history from SQLite to EventStoreDB', () => {
  let source: OpenedSqliteStore;
  let double: EventStoreDbDouble;
  let target: EventStoreDbEventStore;

  beforeEach(async () => {
    source = await openSqliteStore();
    double = await EventStoreDbDouble.start({ noisy: true });
    target = await openEventStoreDb({ address: double.address });
  });
  afterEach(async () => {
    await target.close();
    double.stop();
    await source.dispose();
  });

  async function fill(events: number): Promise<void> {
    const streams = Array.from({ length: 40 }, newStream);
    const next = new Map<string, number>();
    for (let n = 0; n < events; n += 1) {
      const stream = streams[(n * 7) % streams.length] ?? '';
      const at = next.get(stream) ?? 0;
      const batch = [
        newEvent({ n, text: 'Zoë \ud800 漢' }, { recordedAt: timeOf(n), $correlationId: 'c' }),
        newEvent(),
      ];
      expect(await source.store.append(stream, at === 0 ? 'no-stream' : at - 1, batch)).toMatchObject({ ok: true });
      next.set(stream, at + 2);
    }
  }

  it('keeps ids, revisions, contents and the order of commits, and says so by comparing', async () => {
    await fill(80);
    const told: string[] = [];
    const copied = await copyStore({
      from: source.store,
      to: target,
      progress: (phase, events) => told.push(`${phase} ${events}`),
    });
    expect(copied).toMatchObject({ events: 160, written: 160, streams: 40 });
    expect(copied.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await contentOf(target)).toEqual(await contentOf(source.store));
    expect(told.at(0)).toBe('compared 0');
    expect(told.at(-1)).toBe('verified 160');
    expect(await copyStore({ from: source.store, to: target })).toEqual({ ...copied, written: 0 });
  });

  it('goes on where it was interrupted, also in the middle of an answer', async () => {
    await fill(80);
    const hasty = await openEventStoreDb({ address: double.address, times: { ...TIMES, appendBudget: 500 } });
    for (const fault of ['unavailable', 'unanswered', 'silence'] as const) {
      let appends = 0;
      double.fault = ({ kind }) => (kind === 'append' && (appends += 1) > 20 ? fault : undefined);
      await expect(copyStore({ from: source.store, to: hasty })).rejects.toThrow(/^the event store /);
    }
    await hasty.close();
    double.fault = () => undefined;
    const copied = await copyStore({ from: source.store, to: target });
    expect(copied.events).toBe(160);
    expect(copied.written).toBeLessThan(110);
    expect(await contentOf(target)).toEqual(await contentOf(source.store));
  });

  it('takes a run of one stream that is larger than an append may be', async () => {
    const stream = newStream();
    const large = () => newEvent({ t: 'x'.repeat(400_000) });
    for (let n = 0; n < 5; n += 1) await source.store.append(stream, n === 0 ? 'no-stream' : n - 1, [large()]);
    await source.store.append(stream, 4, newEvents(990));
    await source.store.append(stream, 994, newEvents(990));
    expect(await copyStore({ from: source.store, to: target })).toMatchObject({ events: 1_985, streams: 1 });
  });

  it('refuses a target with another history, with more, or that somebody writes to, naming the first place', async () => {
    await fill(20);
    const first = (await everything(source.store))[0]!;
    const before = (await everything(target)).length;
    await target.append('lead-other', 'no-stream', newEvents(1));
    await expect(copyStore({ from: source.store, to: target })).rejects.toThrow(
      `the target is no copy of this source: where the source has ${first.stream}@0, there lead-other@0 stands instead`,
    );
    expect(await everything(target)).toHaveLength(before + 1);

    const whole = new MemoryEventStore();
    await copyStore({ from: source.store, to: whole });
    await whole.append('lead-later', 'no-stream', newEvents(1));
    await expect(copyStore({ from: source.store, to: whole })).rejects.toThrow(
      'the target has more than the source: lead-later@0',
    );

    const busy = new MemoryEventStore();
    const append = busy.append.bind(busy);
    busy.append = async (stream, expected, events) => {
      if (expected === 'no-stream') await append(stream, expected, newEvents(1));
      return append(stream, expected, events);
    };
    await expect(copyStore({ from: source.store, to: busy })).rejects.toThrow(
      `somebody else writes into the target: ${first.stream} stands at 0 there`,
    );
  });

  it('finds a content that differs, though place and id are the same', async () => {
    await fill(3);
    const altered = new MemoryEventStore();
    const [one] = await everything(source.store);
    await altered.append(one!.stream, 'no-stream', [{ ...one!, data: { n: 1_000 } }]);
    await expect(copyStore({ from: source.store, to: altered })).rejects.toThrow(/@0 is another event$/);
  });
});
