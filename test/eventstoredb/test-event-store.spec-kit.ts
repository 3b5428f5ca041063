import { randomUUID } from 'node:crypto';
import { eventStoreDbAddress } from '../../libs/event-store/eventstoredb/address.js';
import type { EventStoreDbEventStore } from '../../libs/event-store/eventstoredb/eventstoredb-event-store.js';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/open-eventstoredb.js';
import { EventStoreDbDouble } from './eventstoredb-double.spec-kit.js';

/** The EventStoreDB of a test: the server that BATON_TEST_EVENTSTORE names, else the wire double. */
export interface TestEventStore {
  readonly address: string;
  /** its own each time, so that a server which is not empty is as good as an empty one */
  readonly namespace: string;
  /** absent where it is a real server, which is not ours to stop or to fill with faults */
  readonly double?: EventStoreDbDouble;
  /** where it listens; absent for TLS and clusters, whose certificates and gossip name hosts: no proxy can stand there */
  readonly plain?: { readonly host: string; readonly port: number };
  /** the same server by way of a port of this machine */
  readonly addressVia: (port: number) => string;
  readonly open: () => Promise<EventStoreDbEventStore>;
  readonly dispose: () => void;
}

export const NAMED_EVENT_STORE = process.env.BATON_TEST_EVENTSTORE;

export async function testEventStore(): Promise<TestEventStore> {
  const namespace = `test${randomUUID().replaceAll('-', '')}`;
  const double = NAMED_EVENT_STORE === undefined ? await EventStoreDbDouble.start({ noisy: true }) : undefined;
  const address = NAMED_EVENT_STORE ?? double?.address ?? '';
  const { hosts, isTls } = eventStoreDbAddress(address, 'BATON_TEST_EVENTSTORE');
  const [first, ...others] = hosts;
  const isPlain = !isTls && others.length === 0 && !address.startsWith('esdb+discover:');
  return {
    address,
    namespace,
    ...(double ? { double } : {}),
    ...(first && isPlain ? { plain: first } : {}),
    addressVia: (port) => address.replace(/^(esdb:\/\/(?:[^/?#]*@)?)[^/?#@]+/, `$1127.0.0.1:${port}`),
    open: () => openEventStoreDb({ address, namespace }),
    dispose: () => double?.stop(),
  };
}
