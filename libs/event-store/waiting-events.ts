import type { EventStore, Position, RecordedEvent } from './event-store.js';

export interface WaitingOptions {
  readonly after: Position | undefined;
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/**
 * What waits after a position, batch by batch: read page by page up to the end, which is fastest, then as it comes. A
 * batch is never waited for to be full.
 */
export async function* waitingEvents(
  store: Pick<EventStore, 'readAll' | 'subscribe'>,
  { after, batchSize, signal }: WaitingOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  let position = after;
  const from = (): { after?: Position } => (position === undefined ? {} : { after: position });
  for (let isFull = true; isFull && !signal.aborted;) {
    const page = await store.readAll({ ...from(), limit: batchSize });
    position = page.at(-1)?.position ?? position;
    if (page.length > 0) yield page;
    isFull = page.length === batchSize;
  }
  if (!signal.aborted) yield* store.subscribe({ ...from(), signal, batchSize });
}
