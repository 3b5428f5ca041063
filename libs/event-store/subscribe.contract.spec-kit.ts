import type { Position } from './event-store.js';
import { everything, idsOf, newEvents, newStream, take, withStore, type OpenStore } from './opened-store.spec-kit.js';

export function subscribeContract(open: OpenStore): void {
  it(
    'gives what was there and then what comes, each once and in commit order',
    withStore(open, async (store) => {
      await store.append(newStream(), 'no-stream', newEvents(30));
      const taking = take(store, 130);
      await Promise.all(Array.from({ length: 100 }, () => store.append(newStream(), 'no-stream', newEvents(1))));
      expect(await taking).toEqual(await everything(store));
    }),
  );

  it(
    'goes on from a position, also after the store was opened again',
    withStore(open, async (store, reopen) => {
      await Promise.all(Array.from({ length: 40 }, () => store.append(newStream(), 'no-stream', newEvents(2))));
      const before = await take(store, 80);
      const half = before.slice(0, 33);
      const again = await reopen();
      const taking = take(again, 80 - 33 + 10, half.at(-1)!.position);
      await Promise.all(Array.from({ length: 10 }, () => again.append(newStream(), 'no-stream', newEvents(1))));
      expect([...half, ...(await taking)]).toEqual(await everything(again));
    }),
  );

  it(
    'keeps to the size of a batch and never gives an empty one',
    withStore(open, async (store) => {
      await store.append(newStream(), 'no-stream', newEvents(25));
      const stop = new AbortController();
      const sizes: number[] = [];
      for await (const batch of store.subscribe({ signal: stop.signal, batchSize: 10 })) {
        sizes.push(batch.length);
        if (sizes.length === 3) stop.abort();
      }
      expect(sizes).toEqual([10, 10, 5]);
    }),
  );

  it(
    'ends cleanly by its signal while it waits, and at once when it is already given',
    withStore(open, async (store) => {
      const stop = new AbortController();
      const waiting = store.subscribe({ signal: stop.signal })[Symbol.asyncIterator]();
      const next = waiting.next();
      stop.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      await store.append(newStream(), 'no-stream', newEvents(1));
      const never = store.subscribe({ signal: stop.signal })[Symbol.asyncIterator]();
      expect(await never.next()).toEqual({ done: true, value: undefined });
    }),
  );

  it(
    'serves several subscribers, each at its own place',
    withStore(open, async (store) => {
      await store.append(newStream(), 'no-stream', newEvents(5));
      const head: Position | undefined = await store.head();
      const early = take(store, 25);
      const late = take(store, 20, head);
      for (let n = 0; n < 20; n++) await store.append(newStream(), 'no-stream', newEvents(1));
      const all = idsOf(await everything(store));
      expect(idsOf(await early)).toEqual(all);
      expect(idsOf(await late)).toEqual(all.slice(5));
    }),
  );

  it(
    'tells a waiting subscriber and every caller when the store is closed',
    withStore(open, async (store) => {
      const waiting = store.subscribe({ signal: new AbortController().signal })[Symbol.asyncIterator]();
      const next = waiting.next();
      const told = expect(next).rejects.toMatchObject({ name: 'StoreFault' });
      await store.close();
      await told;
      await expect(store.append(newStream(), 'no-stream', newEvents(1))).rejects.toMatchObject({ name: 'StoreFault' });
      await expect(store.readAll()).rejects.toMatchObject({ name: 'StoreFault' });
      await store.close();
    }),
  );
}
