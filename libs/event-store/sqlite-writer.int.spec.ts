import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeAppend } from './encoded-append.js';
import type { StoreFault } from './event-store.js';
import { newEvents, newStream } from './opened-store.spec-kit.js';
import { SqliteEventLog } from './sqlite-event-log.mjs';
import { SqliteWriter } from './sqlite-writer.js';

const LIMITS = { mostWaitingAppends: 100, mostWaitingBytes: 1_000_000 };

describe('the SQLite writer', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'baton-writer-'));
    file = join(directory, 'events.db');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('writes ahead, syncs each commit and overwrites what it deletes', () => {
    const log = new SqliteEventLog(file, undefined);
    const pragma = (name: string): unknown => log.database.pragma(name, { simple: true });
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('secure_delete')]).toEqual(['wal', 2, 1]);
    log.close();
  });

  it('answers all that is pending, and all that comes later, with a StoreFault when its thread dies', async () => {
    const faults: StoreFault[] = [];
    const writer = await SqliteWriter.start({ file }, LIMITS, {
      answered: () => undefined,
      committed: () => undefined,
      stopped: (fault) => faults.push(fault),
    });
    const append = () => writer.append(encodeAppend(newStream(), 'no-stream', newEvents(1)));
    const pending = Promise.allSettled([append(), append()]);
    await writer.kill();
    for (const outcome of [...(await pending), ...(await Promise.allSettled([append()]))])
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreFault' } });
    expect(faults).toEqual([writer.fault]);
    expect(writer.waiting).toEqual({ appends: 0, bytes: 0 });
    await writer.close();
  });
});
