import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommitSignal } from './commit-signal.js';
import { assertStreamName, encodeAppend } from './encoded-append.js';
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
import type { Waiting } from './pending-appends.js';
import { RecentEvents } from './recent-events.js';
import { createPrivateFile, lockFile } from './sqlite-file-lock.js';
import { SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './sqlite-writer.js';

export interface SqliteEventStoreOptions {
  /** made when missing, with its directory; beside it lie `-wal`, `-shm` and `.lock` */
  readonly file: string;
  /** cap of the file's size in pages of 8 KiB; default none. Beyond it appends fail as on a full disk. */
  readonly mostPages?: number;
  /** appends that may wait for their commit; default 10,000. Beyond it they are refused with StoreOverloaded. */
  readonly mostWaitingAppends?: number;
  /** bytes of JSON that may wait; default 64 MiB */
  readonly mostWaitingBytes?: number;
}

/**
 * The event store in one SQLite file: durable on answer, one process at a time. Writing is a thread's (see
 * `sqlite-writer.worker.mjs`); reading happens in the calling thread.
 */
export class SqliteEventStore implements EventStore {
  private closing: Promise<void> | undefined;

  private constructor(
    readonly sqliteFile: string,
    private readonly writer: SqliteWriter,
    private readonly reader: SqliteReader,
    private readonly commits: CommitSignal,
    private readonly recent: RecentEvents,
    private readonly unlock: () => void,
  ) {}

  /**
   * @throws StoreFault, in one line, when the file is open elsewhere, is no event store, has another schema version
   * or cannot be reached
   */
  static async open(options: SqliteEventStoreOptions): Promise<SqliteEventStore> {
    const { file, mostPages, mostWaitingAppends = 10_000, mostWaitingBytes = 64 * 1024 * 1024 } = options;
    const unlock = claimFile(file);
    try {
      const commits = new CommitSignal();
      const recent = new RecentEvents();
      const writer = await SqliteWriter.start(
        { file, ...(mostPages !== undefined && { mostPages }) },
        { mostWaitingAppends, mostWaitingBytes },
        {
          answered: (append, result) => recent.add(append, result),
          committed: () => commits.committed(),
          stopped: (fault) => commits.fail(fault),
        },
      );
      const reader = new SqliteReader(file);
      recent.openAt(Number(reader.head() ?? 0));
      return new SqliteEventStore(file, writer, reader, commits, recent, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** What waits for its commit: for metrics, and for refusing work before the limits do. */
  get waiting(): Waiting {
    return this.writer.waiting;
  }

  /** Why nothing can be written any more, for readiness; undefined while all is well. */
  get fault(): StoreFault | undefined {
    return this.writer.fault;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const append = encodeAppend(stream, expected, events);
    this.assertOpen();
    return this.writer.append(append);
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    assertStreamName(stream);
    const page = streamPage(options);
    return this.reading(() => this.reader.readStream(stream, page));
  }

  async readAll(options: ReadAllOptions = {}): Promise<readonly RecordedEvent[]> {
    return this.pageOfAll(options);
  }

  async *subscribe(options: SubscribeOptions): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    const page = (options: ReadAllOptions) => this.recent.page(allPage(options)) ?? this.pageOfAll(options);
    this.recent.followed(1);
    try {
      yield* follow(page, this.commits, options);
    } finally {
      this.recent.followed(-1);
    }
  }

  /** Until something was committed, or the signal: for whoever reads the file by itself. @throws StoreFault once closed */
  committed(signal: AbortSignal): Promise<void> {
    return this.commits.next(signal);
  }

  async head(): Promise<Position | undefined> {
    return this.reading(() => this.reader.head());
  }

  comparePositions(a: Position, b: Position): number {
    return sequenceOf(a) - sequenceOf(b);
  }

  /** Takes no more, commits what is waiting, then frees the file. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    this.commits.fail(new StoreFault('the event store is closed'));
    await this.writer.close();
    this.reader.close();
    this.unlock();
  }

  private pageOfAll(options: ReadAllOptions): readonly RecordedEvent[] {
    const page = allPage(options);
    return this.reading(() => this.reader.readAll(page));
  }

  private reading<Result>(read: () => Result): Result {
    this.assertOpen();
    try {
      return read();
    } catch (error) {
      if (error instanceof StoreFault) throw error;
      throw new StoreFault('the event store could not read', { cause: error });
    }
  }

  private assertOpen(): void {
    if (this.closing !== undefined) throw new StoreFault('the event store is closed');
  }
}

/** Makes directory and file where they are missing, readable by the owner only, and locks the file. */
function claimFile(file: string): () => void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const unlock = lockFile(file);
    createPrivateFile(file);
    return unlock;
  } catch (error) {
    if (error instanceof StoreFault) throw error;
    throw new StoreFault(`the event store ${file} cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}
