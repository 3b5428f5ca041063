import { setImmediate as nextTurn } from 'node:timers/promises';
import { everything, idsOf, newEvent, newEvents, newStream, take } from '../libs/event-store/opened-store.spec-kit.js';
import { openEventStoreDb } from '../libs/event-store/eventstoredb/open-eventstoredb.js';
import type { ProposedEvent } from './eventstoredb/double-log.spec-kit.js';
import { EventStoreDbDouble, type Fault } from './eventstoredb/eventstoredb-double.spec-kit.js';
import { firstCalls, TIMES, withDouble } from './eventstoredb/fault-store.spec-kit.js';
import { until } from './until.spec-kit.js';

/** For many calls at once on a busy machine. */
const PATIENT = { ...TIMES, appendAttempt: 2_000, appendBudget: 20_000, readIdle: 2_000, readBudget: 10_000 };

/** Asked in a later turn each time, so that the server gets on meanwhile. */
const soon =
  <Value>(ask: () => Value): (() => Promise<Value>) =>
  async () => {
    await nextTurn();
    return ask();
  };

describe('an append that EventStoreDB does not answer as it should', () => {
  const FAULTS: readonly Fault[] = [
    'silence',
    'unanswered',
    'unavailable',
    'unavailable-after-taking',
    'internal',
    'clean-end',
    { slowMs: TIMES.appendAttempt * 2 },
  ];

  it.each(FAULTS.map((fault) => [typeof fault === 'string' ? fault : 'slow', fault] as const))(
    'is repeated with the same ids at the same revision, and takes effect once: %s',
    (_, fault) =>
      withDouble(async (store, double) => {
        const stream = newStream();
        const events = newEvents(3);
        firstCalls(double, 'append', fault, fault);
        expect(await store.append(stream, 'no-stream', events)).toMatchObject({ ok: true, revision: 2 });
        expect(idsOf(await everything(store))).toEqual(idsOf(events));
        expect(double.calls.append).toBeGreaterThanOrEqual(3);
        expect(store.fault).toBeUndefined();
      })(),
  );

  it(
    'fails within its budget while nothing answers, tells why, and recovers by itself',
    withDouble(async (store, double) => {
      double.fault = ({ kind }) => (kind === 'append' ? 'silence' : undefined);
      const stream = newStream();
      const began = performance.now();
      await expect(store.append(stream, 'no-stream', newEvents(1))).rejects.toMatchObject({ name: 'NoAnswer' });
      expect(performance.now() - began).toBeLessThan(TIMES.appendBudget * 2);
      expect(store.fault?.message).toMatch(/did not answer: an append took longer than 400 ms/);
      double.fault = () => undefined;
      expect(await store.append(stream, 'no-stream', newEvents(1))).toMatchObject({ ok: true });
      expect(store.fault).toBeUndefined();
      expect(store.waiting).toEqual({ appends: 0, bytes: 0 });
    }),
  );

  it(
    'harms no other: each of many at once is there exactly once, though every third call fails in some way',
    withDouble(async (store, double) => {
      const faults: readonly Fault[] = ['unavailable-after-taking', 'internal', 'unanswered', 'unavailable'];
      double.fault = ({ kind, nth }) =>
        kind === 'append' && nth % 3 === 0 && nth < 120 ? faults[(nth / 3) % faults.length] : undefined;
      const streams = Array.from({ length: 100 }, newStream);
      const results = await Promise.all(streams.map((stream) => store.append(stream, 'no-stream', newEvents(2))));
      expect(results.every((result) => result.ok)).toBe(true);
      double.fault = () => undefined;
      const stored = await everything(store);
      expect(stored.map(({ stream }) => stream).toSorted()).toEqual([...streams, ...streams].toSorted());
    }, PATIENT),
  );

  it(
    'is not repeated where the user is refused, and names the way out',
    withDouble(async (store, double) => {
      firstCalls(double, 'append', 'denied');
      const before = double.calls.append;
      await expect(store.append(newStream(), 'no-stream', newEvents(1))).rejects.toThrow(
        "the event store refuses the service's user: check its password, or run `baton store init`",
      );
      expect(double.calls.append).toBe(before + 1);
    }),
  );

  it(
    'is a conflict where another was faster while it was not answered',
    withDouble(async (store, double) => {
      const stream = newStream();
      firstCalls(double, 'append', 'unavailable');
      const losing = store.append(stream, 'no-stream', newEvents(1));
      await until(
        soon(() => double.calls.append),
        (calls) => calls > 0,
        'the first try',
      );
      double.log.append(stream, 'no-stream', [
        {
          id: crypto.randomUUID(),
          type: 'TouchRecorded.v1',
          contentType: 'application/json',
          data: Buffer.from('{}'),
          metadata: Buffer.from('{}'),
        },
      ]);
      expect(await losing).toEqual({ ok: false, reason: 'conflict', actual: 0 });
    }),
  );

  it(
    'follows the leader to another node',
    withDouble(async (store, double) => {
      const leader = await EventStoreDbDouble.start({ log: double.log });
      try {
        double.leader = { host: '127.0.0.1', port: leader.port };
        double.fault = () => 'not-leader';
        const stream = newStream();
        expect(await store.append(stream, 'no-stream', newEvents(1))).toMatchObject({ ok: true });
        expect(await store.readStream(stream)).toHaveLength(1);
        expect(leader.calls.append).toBe(1);
      } finally {
        leader.stop();
      }
    }),
  );

  it(
    'goes on after the server was killed and has come back',
    withDouble(async (store, double) => {
      const stream = newStream();
      await store.append(stream, 'no-stream', newEvents(1));
      double.stop();
      const appending = store.append(stream, 0, newEvents(1));
      await until(
        soon(() => store.fault),
        (fault) => fault !== undefined,
        'a failed try',
      );
      await double.listen();
      expect(await appending).toMatchObject({ ok: true, revision: 1 });
    }),
  );
});

describe('a read that EventStoreDB does not answer as it should', () => {
  it.each(['silence', 'unavailable', 'truncated', 'internal', 'denied'] as const)(
    'is a fault, never a part of a history: %s',
    (fault) =>
      withDouble(async (store, double) => {
        const stream = newStream();
        await store.append(stream, 'no-stream', newEvents(20));
        double.fault = ({ kind }) => (kind === 'read' ? fault : undefined);
        await expect(store.readStream(stream)).rejects.toMatchObject({ message: /^the event store / });
        await expect(store.readAll()).rejects.toMatchObject({ message: /^the event store / });
        double.fault = () => undefined;
        expect(await store.readStream(stream)).toHaveLength(20);
        await until(
          soon(() => double.openReads),
          (open) => open === 0,
          'every call ended on the server',
        );
      })(),
  );

  it(
    'is refused where the server hides the beginning of a stream',
    withDouble(async (store, double) => {
      const stream = newStream();
      await store.append(stream, 'no-stream', newEvents(5));
      double.log.truncate(stream, 2);
      await expect(store.readStream(stream)).rejects.toThrow(
        `${stream} has no event 0 any more: it was truncated on the server, by metadata or a deletion`,
      );
    }),
  );

  it(
    'hands on what somebody else wrote into a stream as unreadable, of a type that nobody knows',
    withDouble(async (store, double) => {
      const stream = newStream();
      const other = newStream();
      const text = (data: string, more: Partial<ProposedEvent> = {}): ProposedEvent => ({
        id: crypto.randomUUID(),
        type: 'LeadScored.v1',
        contentType: 'application/json',
        data: Buffer.from(data),
        metadata: Buffer.from('{}'),
        ...more,
      });
      const foreign = [
        text('{"half":'),
        text('[1]'),
        text('{}', { contentType: 'application/octet-stream' }),
        text('{}', { type: 'Lead scored' }),
        text('{}', { metadata: Buffer.from('{"recordedAt":"yesterday"}') }),
        text(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`),
        text(JSON.stringify({ long: 'x'.repeat(600_000) })),
        text(JSON.stringify({ escaped: '\u0001'.repeat(100_000) })),
      ];
      double.log.append(stream, 'no-stream', foreign);
      double.log.append('lead-no name of ours', 'no-stream', [text('{}')]);
      const large = newEvent({ n: 1, text: 'é'.repeat(200_000) });
      await store.append(other, 'no-stream', [large]);
      expect((await store.readAll()).map(({ type }) => type)).toEqual([
        ...foreign.map(() => 'Unreadable.v0'),
        'TouchRecorded.v1',
      ]);
      expect(new Set((await store.readStream(stream)).map(({ type }) => type))).toEqual(new Set(['Unreadable.v0']));
      expect(await store.readStream(other)).toHaveLength(1);
    }),
  );
});

describe('a subscription that EventStoreDB does not keep', () => {
  it.each(['silence', 'unavailable', 'internal', 'truncated', 'clean-end'] as const)(
    'resumes behind the last event, each once and in order: %s',
    (fault) =>
      withDouble(async (store, double) => {
        double.fault = ({ kind, nth }) => (kind === 'subscribe' && nth <= 4 ? fault : undefined);
        await store.append(newStream(), 'no-stream', newEvents(10));
        const taking = take(store, 60);
        for (let n = 0; n < 50; n += 1) await store.append(newStream(), 'no-stream', [newEvent({ n })]);
        expect(await taking).toEqual(await everything(store));
      })(),
  );

  it(
    'resumes after the server was killed, again and again',
    withDouble(async (store, double) => {
      const taking = take(store, 60);
      for (let n = 0; n < 6; n += 1) {
        for (let m = 0; m < 10; m += 1) await store.append(newStream(), 'no-stream', [newEvent({ n, m })]);
        double.stop();
        await double.listen();
      }
      expect(await taking).toEqual(await everything(store));
    }, PATIENT),
  );

  it(
    'is made anew when the server ends it cleanly',
    withDouble(async (store, double) => {
      const taking = take(store, 2);
      await store.append(newStream(), 'no-stream', newEvents(1));
      await until(
        soon(() => double.calls.subscribe),
        (calls) => calls > 0,
        'a subscription',
      );
      double.endSubscriptions();
      await store.append(newStream(), 'no-stream', newEvents(1));
      expect(await taking).toHaveLength(2);
    }),
  );

  it(
    'is cancelled on the server when its reader breaks off',
    withDouble(async (store, double) => {
      await store.append(newStream(), 'no-stream', newEvents(1));
      for await (const batch of store.subscribe({ signal: new AbortController().signal })) {
        expect(batch).toHaveLength(1);
        break;
      }
      const stop = new AbortController();
      const waiting = store.subscribe({ signal: stop.signal })[Symbol.asyncIterator]();
      await waiting.next();
      const next = waiting.next();
      await until(
        soon(() => double.calls.subscribe),
        (calls) => calls > 0,
        'a subscription',
      );
      stop.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      await until(
        soon(() => double.openReads),
        (open) => open === 0,
        'every call ended on the server',
      );
    }),
  );

  it(
    'ends with a fault where the user is refused',
    withDouble(async (store, double) => {
      double.fault = ({ kind }) => (kind === 'append' ? undefined : 'denied');
      const reading = store.subscribe({ signal: new AbortController().signal })[Symbol.asyncIterator]();
      await expect(reading.next()).rejects.toMatchObject({ name: 'StoreFault' });
    }),
  );
});

it('keeps the streams of two namespaces on one server apart', async () => {
  const double = await EventStoreDbDouble.start();
  const [north, south, plain] = await Promise.all(
    ['north', 'south', undefined].map((namespace) =>
      openEventStoreDb({ address: double.address, ...(namespace !== undefined && { namespace }) }),
    ),
  );
  for (const store of [north!, south!, plain!])
    expect(await store.append('lead-1', 'no-stream', newEvents(1))).toMatchObject({ ok: true });
  for (const store of [north!, south!, plain!]) {
    expect((await everything(store)).map(({ stream }) => stream)).toEqual(['lead-1']);
    await store.close();
  }
  double.stop();
});
