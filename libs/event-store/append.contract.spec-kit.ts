import type { EventStore } from './event-store.js';
import {
  everything,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  withStore,
  type OpenStore,
} from './opened-store.spec-kit.js';

export function appendContract(open: OpenStore): void {
  it(
    'takes events at the exact revision and counts from 0',
    withStore(open, async (store) => {
      const stream = newStream();
      expect(await store.append(stream, 'no-stream', newEvents(2))).toMatchObject({ ok: true, revision: 1 });
      expect(await store.append(stream, 1, newEvents(1))).toMatchObject({ ok: true, revision: 2 });
      expect((await store.readStream(stream)).map((event) => event.revision)).toEqual([0, 1, 2]);
    }),
  );

  it(
    'refuses any other revision, names the actual one and writes nothing',
    withStore(open, async (store) => {
      const stream = newStream();
      const conflict = (actual: number | 'no-stream') => ({ ok: false, reason: 'conflict', actual });
      expect(await store.append(stream, 0, newEvents(1))).toEqual(conflict('no-stream'));
      await store.append(stream, 'no-stream', newEvents(3));
      expect(await store.append(stream, 'no-stream', newEvents(1))).toEqual(conflict(2));
      expect(await store.append(stream, 1, newEvents(1))).toEqual(conflict(2));
      expect(await store.append(stream, 3, newEvents(1))).toEqual(conflict(2));
      expect(await everything(store)).toHaveLength(3);
    }),
  );

  it(
    'answers a repetition with the first result, also when more has followed',
    withStore(open, async (store) => {
      const stream = newStream();
      const first = newEvents(2);
      const second = newEvents(1);
      const firstResult = await store.append(stream, 'no-stream', first);
      expect(await store.append(stream, 'no-stream', first)).toEqual(firstResult);
      const secondResult = await store.append(stream, 1, second);
      expect(await store.append(stream, 'no-stream', first)).toEqual(firstResult);
      expect(await store.append(stream, 1, second)).toEqual(secondResult);
      expect(idsOf(await store.readStream(stream))).toEqual(idsOf([...first, ...second]));
    }),
  );

  it(
    'knows a repetition by ids in order: a prefix is one; a suffix, a longer batch and another order are not',
    withStore(open, async (store) => {
      const stream = newStream();
      const batch = newEvents(3);
      await store.append(stream, 'no-stream', batch);
      const stored = await store.readStream(stream);
      expect(await store.append(stream, 'no-stream', batch.slice(0, 2))).toEqual({
        ok: true,
        revision: 1,
        position: stored[1]!.position,
      });
      const conflict = { ok: false, reason: 'conflict', actual: 2 };
      expect(await store.append(stream, 'no-stream', batch.slice(1))).toEqual(conflict);
      expect(await store.append(stream, 'no-stream', [...batch, newEvent()])).toEqual(conflict);
      expect(await store.append(stream, 'no-stream', batch.toReversed())).toEqual(conflict);
      expect(await store.append(stream, 0, batch)).toEqual(conflict);
    }),
  );

  it(
    'checks only the revision where there are no events',
    withStore(open, async (store) => {
      const stream = newStream();
      expect(await store.append(stream, 'no-stream', [])).toMatchObject({ ok: true, revision: -1 });
      const written = await store.append(stream, 'no-stream', newEvents(2));
      expect(await store.append(stream, 1, [])).toEqual(written);
      expect(await store.append(stream, 0, [])).toEqual({ ok: false, reason: 'conflict', actual: 1 });
      expect(await everything(store)).toHaveLength(2);
    }),
  );

  it(
    'lets exactly one of 64 racing appenders have each revision',
    withStore(open, async (store) => {
      const stream = newStream();
      const appenders = 64;
      const winners = await Promise.all(
        Array.from({ length: appenders }, (_, appender) => appendUntilWon(store, stream, appender)),
      );
      expect(winners.toSorted((a, b) => a - b)).toEqual(Array.from({ length: appenders }, (_, n) => n));
      const stored = await store.readStream(stream);
      expect(stored.map((event) => event.revision)).toEqual(Array.from({ length: appenders }, (_, n) => n));
      stored.forEach((event) => expect(winners[event.data.appender as number]).toBe(event.revision));
    }),
  );

  it(
    'keeps concurrent streams apart and their events in order; a conflict among them harms no other',
    withStore(open, async (store) => {
      const streams = Array.from({ length: 64 }, newStream);
      await Promise.all(
        streams.map(async (stream) => {
          for (let revision = -1; revision < 4; revision++) {
            const expected = revision < 0 ? 'no-stream' : revision;
            const [written, refused] = await Promise.all([
              store.append(stream, expected, [newEvent({ revision: revision + 1 })]),
              store.append(stream, 1_000, newEvents(1)),
            ]);
            expect(written).toMatchObject({ ok: true, revision: revision + 1 });
            expect(refused).toMatchObject({ ok: false });
          }
        }),
      );
      for (const stream of streams)
        expect((await store.readStream(stream)).map((event) => event.data.revision)).toEqual([0, 1, 2, 3, 4]);
      expect(await everything(store)).toHaveLength(64 * 5);
    }),
  );

  it(
    'takes a batch whole: its events stand side by side in the commit order',
    withStore(open, async (store) => {
      await Promise.all(Array.from({ length: 20 }, () => store.append(newStream(), 'no-stream', newEvents(50))));
      const streams = (await everything(store)).map((event) => event.stream);
      const changes = streams.filter((stream, index) => stream !== streams[index - 1]);
      expect(streams).toHaveLength(1_000);
      expect(changes).toHaveLength(20);
    }),
  );
}

/** Appends one event at whatever revision the last answer named, until it is taken; answers with that revision. */
async function appendUntilWon(store: EventStore, stream: string, appender: number): Promise<number> {
  let expected: number | 'no-stream' = 'no-stream';
  for (;;) {
    const result = await store.append(stream, expected, [newEvent({ appender })]);
    if (result.ok) return result.revision;
    expected = result.actual;
  }
}
