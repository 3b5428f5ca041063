import { StoreFault } from '../../libs/event-store/event-store.js';
import type { StoreReading } from '../../libs/ownership-trail/store-follower.js';
import { Unusable } from './audit-inputs.js';
import { openForReading } from './reading-store.js';

/**
 * Reads the store of a data directory, whose server may be running, or the one of BATON_EVENT_STORE.
 *
 * @throws Unusable where there is none
 */
export async function withStore<Result>(data: string, work: (store: StoreReading) => Promise<Result>): Promise<Result> {
  let store: Awaited<ReturnType<typeof openForReading>>;
  try {
    store = await openForReading(data);
  } catch (fault) {
    if (fault instanceof StoreFault) throw new Unusable(`--store: ${fault.message}`);
    throw fault;
  }
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
