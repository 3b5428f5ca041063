import { randomUUID } from 'node:crypto';
import { copyStore } from '../libs/event-store/copy-store.js';
import { openEventStoreDb } from '../libs/event-store/eventstoredb/open-eventstoredb.js';
import { eventStoreContract } from '../libs/event-store/event-store.contract.spec-kit.js';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import { newEvents, newStream } from '../libs/event-store/opened-store.spec-kit.js';
import { EventStoreDbDouble } from './eventstoredb/eventstoredb-double.spec-kit.js';

for (const noisy of [false, true]) {
  eventStoreContract(`EventStoreDB, wire double${noisy ? ' that others write to as well' : ''}`, async () => {
    const double = await EventStoreDbDouble.start({ noisy });
    const open = () => openEventStoreDb({ address: double.address });
    const store = await open();
    let current = store;
    return {
      store,
      reopen: async () => {
        await current.close();
        return (current = await open());
      },
      dispose: async () => {
        await current.close();
        expect(double.batchAppends).toBe(0);
        double.stop();
      },
    };
  });
}

const server = process.env.BATON_TEST_EVENTSTORE;
if (server === undefined) {
  describe('event store contract: a real EventStoreDB', () => {
    it.skip('SKIPPED: BATON_TEST_EVENTSTORE names no server (esdb://…)', () => undefined);
  });
} else {
  // A namespace of its own is an empty store for every test.
  eventStoreContract('a real EventStoreDB', async () => {
    const namespace = `test${randomUUID().replaceAll('-', '')}`;
    const open = () => openEventStoreDb({ address: server, namespace });
    const store = await open();
    let current = store;
    return {
      store,
      reopen: async () => {
        await current.close();
        return (current = await open());
      },
      dispose: () => current.close(),
    };
  });

  it('a history is copied to a real EventStoreDB whole, and again as nothing new', async () => {
    const from = new MemoryEventStore();
    for (let n = 0; n < 20; n += 1) await from.append(newStream(), 'no-stream', newEvents(10));
    const to = await openEventStoreDb({ address: server, namespace: `test${randomUUID().replaceAll('-', '')}` });
    try {
      expect(await copyStore({ from, to })).toMatchObject({ events: 200, written: 200, streams: 20 });
      expect(await copyStore({ from, to })).toMatchObject({ events: 200, written: 0, streams: 20 });
    } finally {
      await to.close();
    }
  });
}
