import { MOST_APPEND_BYTES, MOST_EVENT_BYTES, type NewEvent } from './event-store.js';
import { everything, newEvent, newEvents, newStream, withStore, type OpenStore } from './opened-store.spec-kit.js';

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

const NOT_JSON: readonly (readonly [string, unknown])[] = [
  ['NaN', { n: NaN }],
  ['infinity', { n: [Infinity] }],
  ['a bigint', { n: 1n }],
  ['a function', { f: () => 1 }],
  ['a date', { at: new Date(0) }],
  ['a map', { m: new Map() }],
  ['undefined in a list', { list: [undefined] }],
  ['undefined instead of an object', undefined],
  ['a list instead of an object', []],
  ['nesting of 10,000 levels', { deep: deep(10_000) }],
];

const NOT_STREAMS = [
  '',
  'lead',
  'lead-',
  'Lead-1',
  'lead-a b',
  `lead-${'x'.repeat(201)}`,
  'lead-1\n',
  '$all',
  "lead-';--",
];

export function refusalContract(open: OpenStore): void {
  it(
    'what JSON cannot hold, in data or metadata',
    withStore(open, async (store) => {
      const taken: string[] = [];
      for (const [name, value] of NOT_JSON) {
        for (const bad of [{ data: value }, { metadata: value }]) {
          const events = [newEvent(), { ...newEvent(), ...bad } as NewEvent];
          await store.append(newStream(), 'no-stream', events).then(
            () => taken.push(name),
            (error: unknown) => expect(error).toBeInstanceOf(TypeError),
          );
        }
      }
      expect(taken).toEqual([]);
      expect(await everything(store)).toEqual([]);
    }),
  );

  it(
    'an event over 512 KiB of UTF-8; one of exactly that is taken',
    withStore(open, async (store) => {
      const envelope = Buffer.byteLength('{"t":""}{}');
      const full = 'é'.repeat((MOST_EVENT_BYTES - envelope) / 2);
      const stream = newStream();
      expect(await store.append(stream, 'no-stream', [newEvent({ t: full })])).toMatchObject({ ok: true });
      await expect(store.append(stream, 0, [newEvent(), newEvent({ t: `${full}x` })])).rejects.toMatchObject({
        name: 'EventTooLarge',
        type: 'TouchRecorded.v1',
        bytes: MOST_EVENT_BYTES + 1,
        limit: MOST_EVENT_BYTES,
      });
      expect(await everything(store)).toHaveLength(1);
    }),
  );

  it(
    'events over 1 MiB together, though none alone is too large',
    withStore(open, async (store) => {
      const stream = newStream();
      const half = newEvent({ t: 'x'.repeat(MOST_APPEND_BYTES / 2 - 100) });
      expect(await store.append(stream, 'no-stream', [half, { ...half, id: newEvent().id }])).toMatchObject({
        ok: true,
      });
      await expect(store.append(stream, 1, [half, half, newEvent({ t: 'x'.repeat(200) })])).rejects.toMatchObject({
        name: 'AppendTooLarge',
        limit: MOST_APPEND_BYTES,
      });
      expect(await everything(store)).toHaveLength(2);
    }),
  );

  it(
    'over 1,000 events in one append',
    withStore(open, async (store) => {
      await expect(store.append(newStream(), 'no-stream', newEvents(1_001))).rejects.toThrow(RangeError);
      expect(await store.append(newStream(), 'no-stream', newEvents(1_000))).toMatchObject({ ok: true, revision: 999 });
    }),
  );

  it(
    'a stream name that is not category-id',
    withStore(open, async (store) => {
      for (const name of NOT_STREAMS) {
        await expect(store.append(name, 'no-stream', newEvents(1))).rejects.toThrow(TypeError);
        await expect(store.readStream(name)).rejects.toThrow(TypeError);
      }
    }),
  );

  it(
    'ids, types, revisions, limits and positions that are none',
    withStore(open, async (store) => {
      const append = (event: Partial<NewEvent>) =>
        store.append(newStream(), 'no-stream', [{ ...newEvent(), ...event }]);
      await expect(append({ id: 'e-1' })).rejects.toThrow(TypeError);
      await expect(append({ type: '' })).rejects.toThrow(TypeError);
      for (const expected of [-1, 0.5, NaN])
        await expect(store.append(newStream(), expected, newEvents(1))).rejects.toThrow(TypeError);
      for (const limit of [0, -1, 1.5, 10_001]) await expect(store.readAll({ limit })).rejects.toThrow(RangeError);
      await expect(store.readStream(newStream(), { from: -1 })).rejects.toThrow(RangeError);
      await expect(store.readAll({ after: 'x' })).rejects.toThrow(RangeError);
      expect(await everything(store)).toEqual([]);
    }),
  );
}
