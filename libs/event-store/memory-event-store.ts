import { CommitSignal } from './commit-signal.js';
import {
  assertStreamName,
  encodeAppend,
  type EncodedAppend,
  type EncodedEvent,
  type EventBody,
} from './encoded-append.js';
import {
  StoreFault,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
} from './event-store.js';
import { follow } from './follow.js';
import { allPage, sequenceOf, streamPage } from './page.js';

interface StoredEvent extends EncodedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

/** The whole contract but durability, for tests and trials. Keeps JSON texts, so nobody shares an object with it. */
export class MemoryEventStore implements EventStore {
  private readonly all: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly commits = new CommitSignal();
  private closed = false;

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const append = encodeAppend(stream, expected, events);
    this.assertOpen();
    const stored = this.streams.get(stream) ?? [];
    const actual = stored.length - 1;
    if (append.expected !== actual) return repetition(stored, append) ?? conflict(actual);
    for (const event of append.events) this.store(stored, { ...event, stream, revision: stored.length });
    if (stored.length > 0) this.streams.set(stream, stored);
    if (events.length > 0) this.commits.committed();
    return { ok: true, revision: stored.length - 1, position: stored.at(-1)?.position ?? '0' };
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    assertStreamName(stream);
    this.assertOpen();
    const { forward, from, limit } = streamPage(options);
    const stored = this.streams.get(stream) ?? [];
    const end = Math.min(from + 1, stored.length);
    const page = forward ? stored.slice(from, from + limit) : stored.slice(Math.max(0, end - limit), end).reverse();
    return page.map(recorded);
  }

  async readAll(options: ReadAllOptions = {}): Promise<readonly RecordedEvent[]> {
    return this.pageOfAll(options);
  }

  subscribe(options: SubscribeOptions): AsyncIterable<readonly RecordedEvent[]> {
    return follow((page) => this.pageOfAll(page), this.commits, options);
  }

  async head(): Promise<Position | undefined> {
    this.assertOpen();
    return this.all.at(-1)?.position;
  }

  comparePositions(a: Position, b: Position): number {
    return sequenceOf(a) - sequenceOf(b);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.commits.fail(new StoreFault('the event store is closed'));
  }

  private pageOfAll(options: ReadAllOptions): readonly RecordedEvent[] {
    this.assertOpen();
    const { after, limit } = allPage(options);
    return this.all.slice(after, after + limit).map(recorded);
  }

  private store(stream: StoredEvent[], event: Omit<StoredEvent, 'position'>): void {
    const stored = { ...event, position: String(this.all.length + 1) };
    this.all.push(stored);
    stream.push(stored);
  }

  private assertOpen(): void {
    if (this.closed) throw new StoreFault('the event store is closed');
  }
}

/** The first result again, where the very events of the append already stand after the expected revision. */
function repetition(stored: readonly StoredEvent[], { expected, events }: EncodedAppend): AppendResult | undefined {
  const last = stored[expected + events.length];
  if (events.length === 0 || last === undefined) return undefined;
  if (!events.every((event, index) => stored[expected + 1 + index]?.id === event.id)) return undefined;
  return { ok: true, revision: last.revision, position: last.position };
}

function conflict(actual: number): AppendResult {
  return { ok: false, reason: 'conflict', actual: actual < 0 ? 'no-stream' : actual };
}

function recorded({ stream, revision, position, id, type, body }: StoredEvent): RecordedEvent {
  const { data, metadata } = JSON.parse(body) as EventBody;
  return { id, type, data, metadata, stream, revision, position };
}
