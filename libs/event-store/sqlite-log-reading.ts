import { existsSync } from 'node:fs';
import { assertStreamName } from './encoded-append.js';
import type { CommitSignal } from './commit-signal.js';
import { StoreFault, type EventStore } from './event-store.js';
import { follow } from './follow.js';
import { allPage, sequenceOf, streamPage } from './page.js';
import { SqliteReader } from './sqlite-reader.js';

export type LogReading = Pick<EventStore, 'readAll' | 'readStream' | 'head' | 'comparePositions' | 'close'>;

/**
 * The events of a store's file for whoever only looks, also while a process has it open and writes.
 *
 * @throws StoreFault, in one line, where there is no such file or it is no event store
 */
export function readSqliteLog(file: string): LogReading {
  return reading(opened(file));
}

/**
 * As `readSqliteLog`, with subscriptions: for another thread of the process that writes.
 *
 * @param commits told after each commit of that process
 */
export function followSqliteLog(file: string, commits: CommitSignal): LogReading & Pick<EventStore, 'subscribe'> {
  const reader = opened(file);
  return {
    ...reading(reader),
    subscribe: (options) => follow((page) => reader.readAll(allPage(page)), commits, options),
  };
}

function reading(reader: SqliteReader): LogReading {
  return {
    readAll: async (options = {}) => {
      const page = allPage(options);
      return faultless(() => reader.readAll(page));
    },
    readStream: async (stream, options = {}) => {
      assertStreamName(stream);
      const page = streamPage(options);
      return faultless(() => reader.readStream(stream, page));
    },
    head: async () => faultless(() => reader.head()),
    comparePositions: (a, b) => sequenceOf(a) - sequenceOf(b),
    close: async () => reader.close(),
  };
}

/** What is wrong with the file comes out as a fault of the store, in one line. */
function faultless<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof StoreFault) throw error;
    const code = (error as { code?: unknown }).code;
    throw new StoreFault(`the event store cannot be read (${typeof code === 'string' ? code : 'UNKNOWN'})`, {
      cause: error,
    });
  }
}

function opened(file: string): SqliteReader {
  if (!existsSync(file)) throw new StoreFault(`there is no event store ${file}`);
  try {
    return new SqliteReader(file);
  } catch (error) {
    throw new StoreFault(`${file} cannot be read as an event store`, { cause: error });
  }
}
