import { openEventStoreDb } from '../../libs/event-store/eventstoredb/open-eventstoredb.js';
import type {
  EventStoreDbEventStore,
  EventStoreDbTimes,
} from '../../libs/event-store/eventstoredb/eventstoredb-event-store.js';
import { EventStoreDbDouble } from './eventstoredb-double.spec-kit.js';

/** Short, so that a silent server is noticed soon; long enough for a busy machine. */
export const TIMES = { appendAttempt: 400, appendBudget: 4_000, readIdle: 400, readBudget: 300, quiet: 500 };

/** Runs a test against a store over a double of its own. */
export function withDouble(
  test: (store: EventStoreDbEventStore, double: EventStoreDbDouble) => Promise<void>,
  times: EventStoreDbTimes = TIMES,
): () => Promise<void> {
  return async () => {
    const double = await EventStoreDbDouble.start({ noisy: true });
    const store = await openEventStoreDb({ address: double.address, times });
    try {
      await test(store, double);
      expect(double.batchAppends).toBe(0);
    } finally {
      await store.close();
      double.stop();
    }
  };
}

/** The given fault for the first so many calls of a kind from now on. */
export function firstCalls(
  double: EventStoreDbDouble,
  kind: 'append' | 'read' | 'subscribe',
  ...faults: readonly Exclude<ReturnType<EventStoreDbDouble['fault']>, undefined>[]
): void {
  const waiting = [...faults];
  double.fault = (called) => (called.kind === kind ? waiting.shift() : undefined);
}
