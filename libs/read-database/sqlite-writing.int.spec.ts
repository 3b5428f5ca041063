import { once } from 'node:events';
import { sql } from 'kysely';
import { readDatabaseContract } from './read-database.contract.spec-kit.js';
import { expectLogMoved, openInWritingThread } from './read-database.spec-kit.js';
import type { Writing } from './read-database.js';
import type { FromThread, ToThread } from './sqlite-writing.mjs';

describe('SQLite read database in the thread that writes', () => {
  readDatabaseContract('SQLite', openInWritingThread);

  let opened: Awaited<ReturnType<typeof openInWritingThread>>;
  beforeEach(async () => {
    opened = await openInWritingThread();
    await once(opened.port, 'message');
    await opened.database.transaction(async (tx) => {
      await sql`create table who (name text not null)`.execute(tx);
    });
  });
  afterEach(() => opened.dispose());

  const add = (tx: Writing, name: string | null) => sql`insert into who values (${name})`.execute(tx);
  const names = async (): Promise<string> => {
    const { rows } = await sql<{ name: string }>`select name from who`.execute(opened.database.reading);
    return rows.map(({ name }) => name).join(' ');
  };
  /** Sends statements, the last of which is waited for. */
  const send = async (...statements: readonly string[]): Promise<FromThread> => {
    const message: ToThread = {
      statements: statements.flatMap((text) => [text, '[]']),
      asked: [statements.length - 1],
    };
    opened.port.postMessage(message);
    const [answer] = (await once(opened.port, 'message')) as [FromThread];
    return answer;
  };

  it('keeps apart the transactions of its own and of whoever sends, in either order', async () => {
    let sending: Promise<FromThread> | undefined;
    await opened.database.transaction(async (tx) => {
      await add(tx, 'own');
      sending = send('begin', "insert into who values ('sent')", 'select * from who');
      // Until the message has come: it has to wait.
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      await add(tx, 'still-own');
    });
    expect(await sending).toEqual([{ columns: ['name'], values: ['own', 'still-own', 'sent'] }]);
    const next = opened.database.transaction((tx) => add(tx, 'after'));
    expect(await names()).toBe('own still-own');
    await send('rollback');
    await next;
    expect(await names()).toBe('own still-own after');
  });

  it('gives the connection back after what was sent has failed, once that is rolled back', async () => {
    expect(await send('begin', 'insert into who values (null)', 'commit')).toMatchObject([
      { fault: { code: 'SQLITE_CONSTRAINT_NOTNULL' } },
    ]);
    const next = opened.database.transaction((tx) => add(tx, 'after'));
    await send('rollback');
    await next;
    expect(await names()).toBe('after');
  });

  it('does nothing more of a transaction in which a statement has failed, though its faults are passed over', async () => {
    const failing = opened.database.transaction(async (tx) => {
      await add(tx, null).catch(() => undefined);
      // As SQLite does by itself where the disk is full.
      opened.connection.database.exec('rollback');
      await add(tx, 'alone').catch(() => undefined);
    });
    await expect(failing).rejects.toMatchObject({ name: 'SqliteError', code: 'SQLITE_CONSTRAINT_NOTNULL' });
    expect(await names()).toBe('');
    await opened.database.transaction((tx) => add(tx, 'after'));
    expect(await names()).toBe('after');
  });

  it('has the log moved by a thread of its own, too', () =>
    expectLogMoved(opened.database, opened.connection.database.name));
});
