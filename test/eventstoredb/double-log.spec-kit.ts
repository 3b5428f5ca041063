/** What EventStoreDB does with events, as its source and a real 23.10 do it: revisions, idempotency, positions, ACLs. */
export interface LoggedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** commit and prepare are the same for events that were appended over gRPC */
  readonly position: bigint;
}

export type ProposedEvent = Pick<LoggedEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;
export type Expected = 'any' | 'no-stream' | 'stream-exists' | number;
export type Appended =
  { readonly revision: number; readonly position: bigint } | { readonly actual: number | 'no-stream' };

export class DoubleLog {
  readonly all: LoggedEvent[] = [];
  readonly #streams = new Map<string, LoggedEvent[]>();
  readonly #watchers = new Set<() => void>();
  #end = 4_096n;

  /** @param noisy lets a system event and another program's follow each append, as on a server that others use too */
  constructor(private readonly noisy: boolean) {}

  append(stream: string, expected: Expected, events: readonly ProposedEvent[]): Appended {
    const stored = this.#streams.get(stream) ?? [];
    const actual = stored.length - 1;
    const wanted = expected === 'no-stream' ? -1 : expected;
    if (typeof wanted === 'number' && wanted !== actual) {
      const repeated = wanted < actual && events.length > 0 ? stored[wanted + events.length] : undefined;
      const isSame = events.every(({ id }, index) => stored[wanted + 1 + index]?.id === id);
      if (repeated && isSame) return { revision: repeated.revision, position: repeated.position };
      return { actual: actual < 0 ? 'no-stream' : actual };
    }
    if (wanted === 'stream-exists' && actual < 0) return { actual: 'no-stream' };
    this.#write(stream, events);
    if (this.noisy && !stream.startsWith('$')) {
      this.#write('$stats-127.0.0.1:2113', [bytesOf('$statsCollected', { 'proc-cpu': 1 })]);
      this.#write('order-1', [bytesOf('OrderPlaced', { sum: 3 })]);
    }
    for (const wake of this.#watchers) wake();
    const last = this.#streams.get(stream)?.at(-1);
    return { revision: last?.revision ?? -1, position: last?.position ?? 0n };
  }

  stream(name: string): readonly LoggedEvent[] | undefined {
    return this.#streams.get(name);
  }

  /** Hides the events before a revision, as `$tb` in a stream's metadata does. */
  truncate(name: string, before: number): void {
    const kept = (this.#streams.get(name) ?? []).filter(({ revision }) => revision >= before);
    this.#streams.set(name, kept);
  }

  /** Called after each append, until the returned function is. */
  watch(wake: () => void): () => void {
    this.#watchers.add(wake);
    return () => this.#watchers.delete(wake);
  }

  #write(stream: string, events: readonly ProposedEvent[]): void {
    const stored = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, stored);
    for (const event of events) {
      const written = { ...event, stream, revision: stored.length, position: this.#end };
      this.#end += BigInt(120 + event.data.length + event.metadata.length);
      stored.push(written);
      this.all.push(written);
    }
  }
}

const bytesOf = (type: string, data: object): ProposedEvent => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(data)),
  metadata: new Uint8Array(),
});
