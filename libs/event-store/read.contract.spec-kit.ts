import {
  everything,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  withStore,
  type OpenStore,
} from './opened-store.spec-kit.js';

export function readContract(open: OpenStore): void {
  it(
    'gives back what was written, byte for byte, with place and metadata',
    withStore(open, async (store) => {
      const stream = newStream();
      const event = newEvent(
        {
          name: 'Zoë Ωmega 漢字 👩🏽‍💻 \u0000\u2028 \ud800',
          nested: { list: [1, -0.5, 1e21, null, true, ''] },
          __proto__x: {},
        },
        { $correlationId: 'c-1', $causationId: 'c-0', actor: { kind: 'human', id: 'u1' } },
      );
      const result = await store.append(stream, 'no-stream', [event]);
      expect(result.ok).toBe(true);
      expect(await store.readStream(stream)).toEqual([
        { ...event, stream, revision: 0, position: result.ok && result.position },
      ]);
      expect(await store.readAll()).toEqual(await store.readStream(stream));
    }),
  );

  it(
    'keeps an own property named __proto__ a mere property',
    withStore(open, async (store) => {
      const stream = newStream();
      const data = JSON.parse('{"__proto__":{"polluted":true},"toJSON":"no"}') as Record<string, never>;
      await store.append(stream, 'no-stream', [newEvent(data)]);
      const [stored] = await store.readStream(stream);
      expect(JSON.stringify(stored!.data)).toBe('{"__proto__":{"polluted":true},"toJSON":"no"}');
      expect('polluted' in {}).toBe(false);
    }),
  );

  it(
    'shares no object with a caller',
    withStore(open, async (store) => {
      const stream = newStream();
      const data = { tags: ['a'] };
      const appending = store.append(stream, 'no-stream', [newEvent(data)]);
      data.tags.push('b');
      await appending;
      const [read] = await store.readStream(stream);
      (read!.data.tags as string[]).push('c');
      expect((await store.readStream(stream))[0]!.data).toEqual({ tags: ['a'] });
    }),
  );

  it(
    'reads a stream forward and backward from a revision, in pages',
    withStore(open, async (store) => {
      const stream = newStream();
      await store.append(newStream(), 'no-stream', newEvents(3));
      await store.append(stream, 'no-stream', newEvents(10));
      await store.append(newStream(), 'no-stream', newEvents(3));
      const revisions = async (options: Parameters<typeof store.readStream>[1]) =>
        (await store.readStream(stream, options)).map((event) => event.revision);
      expect(await revisions({ from: 4, limit: 3 })).toEqual([4, 5, 6]);
      expect(await revisions({ from: 8 })).toEqual([8, 9]);
      expect(await revisions({ from: 10 })).toEqual([]);
      expect(await revisions({ direction: 'backward', limit: 3 })).toEqual([9, 8, 7]);
      expect(await revisions({ direction: 'backward', from: 1 })).toEqual([1, 0]);
      expect(await revisions({ direction: 'backward', from: 99, limit: 1 })).toEqual([9]);
    }),
  );

  it(
    'has an empty page for a stream that does not exist',
    withStore(open, async (store) => {
      expect(await store.readStream(newStream())).toEqual([]);
      expect(await store.readStream(newStream(), { direction: 'backward' })).toEqual([]);
      expect(await store.readAll()).toEqual([]);
      expect(await store.head()).toBeUndefined();
    }),
  );

  it(
    'reads all streams in commit order after a position, and knows its last one',
    withStore(open, async (store) => {
      const written: string[] = [];
      for (let n = 0; n < 12; n++) {
        const events = newEvents(1 + (n % 3));
        await store.append(newStream(), 'no-stream', events);
        written.push(...idsOf(events));
      }
      const all = await everything(store, 5);
      expect(idsOf(all)).toEqual(written);
      expect(await store.head()).toBe(all.at(-1)!.position);
      expect(idsOf(await store.readAll({ after: all[6]!.position, limit: 4 }))).toEqual(written.slice(7, 11));
      expect(await store.readAll({ after: all.at(-1)!.position })).toEqual([]);
      all
        .slice(1)
        .forEach((event, n) => expect(store.comparePositions(all[n]!.position, event.position)).toBeLessThan(0));
      expect(store.comparePositions(all[3]!.position, all[3]!.position)).toBe(0);
    }),
  );

  it(
    'fills a page of any size up to its limit',
    withStore(open, async (store) => {
      await store.append(newStream(), 'no-stream', newEvents(700));
      const all = (await store.readAll()).map((event) => event.revision);
      expect(all).toEqual(Array.from({ length: 700 }, (_, n) => n));
      for (const limit of [1, 199, 200, 201, 400, 699, 10_000])
        expect((await store.readAll({ limit })).map((event) => event.revision)).toEqual(all.slice(0, limit));
    }),
  );

  it(
    'has everything after it was opened again, and goes on counting',
    withStore(open, async (store, reopen) => {
      const stream = newStream();
      const events = newEvents(5);
      const first = await store.append(stream, 'no-stream', events);
      const before = await everything(store);
      const again = await reopen();
      expect(await everything(again)).toEqual(before);
      expect(await again.append(stream, 'no-stream', events)).toEqual(first);
      expect(await again.append(stream, 4, newEvents(1))).toMatchObject({ ok: true, revision: 5 });
    }),
  );
}
