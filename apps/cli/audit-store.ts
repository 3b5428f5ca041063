import { StoreFault } from '../../libs/event-store/event-store.js';
import type { StoreReading } from '../../libs/ownership-trail/store-follower.js';
import { Unusable } from './audit-inputs.js';
import { openForReading } from './reading-store.js';

/**
 * Reads the store of a data directory, whose server may be running, or the one of BATON_EVENT_STORE.
 *
 * @throws Unusable where there is none, or it cannot be read
 */
export async function withStore<Result>(data: string, work: (store: StoreReading) => Promise<Result>): Promise<Result> {
  let store: Awaited<ReturnType<typeof openForReading>> | undefined;
  try {
    store = await openForReading(data);
    return await work(store);
  } catch (fault) {
    if (fault instanceof StoreFault) throw new Unusable(`--store: ${fault.message}`);
    throw fault;
  } finally {
    await store?.close();
  }
}
