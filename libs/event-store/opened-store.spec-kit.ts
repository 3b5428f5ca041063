import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent, Position, RecordedEvent } from './event-store.js';

export interface OpenedStore {
  readonly store: EventStore;
  /** closes and opens the same stored events again; absent where a store ends with its object */
  readonly reopen?: () => Promise<EventStore>;
  /** closes what is open and removes what was stored */
  readonly dispose: () => Promise<void>;
}

export type OpenStore = () => Promise<OpenedStore>;

/** Runs a test against a store of its own. */
export function withStore(
  open: OpenStore,
  test: (store: EventStore, reopen: () => Promise<EventStore>) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const opened = await open();
    try {
      await test(opened.store, opened.reopen ?? (async () => opened.store));
    } finally {
      await opened.dispose();
    }
  };
}

export const newStream = (): string => `lead-${randomUUID()}`;

export const newEvent = (data: NewEvent['data'] = {}, metadata: NewEvent['metadata'] = {}): NewEvent => ({
  id: randomUUID(),
  type: 'TouchRecorded.v1',
  data,
  metadata,
});

export const newEvents = (count: number): NewEvent[] => Array.from({ length: count }, (_, n) => newEvent({ n }));

export const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map((event) => event.id);

/** Takes events from a subscription until there are `count`, then ends it. */
export async function take(store: EventStore, count: number, after?: Position): Promise<RecordedEvent[]> {
  const stop = new AbortController();
  const taken: RecordedEvent[] = [];
  for await (const batch of store.subscribe({ signal: stop.signal, ...(after !== undefined && { after }) })) {
    taken.push(...batch);
    if (taken.length >= count) stop.abort();
  }
  return taken;
}

/** All events of the store, page by page. */
export async function everything(store: Pick<EventStore, 'readAll'>, limit = 1_000): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for (;;) {
    const after = all.at(-1)?.position;
    const page = await store.readAll({ limit, ...(after !== undefined && { after }) });
    if (page.length === 0) return all;
    all.push(...page);
  }
}
