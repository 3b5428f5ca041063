import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { testPostgres } from '../../tools/postgres/test-server.mjs';
import { dropSchema, onPostgres } from '../postgres/postgres.spec-kit.js';
import { PostgresReadDatabase } from './postgres-read-database.js';
import { readDatabaseContract } from './read-database.contract.spec-kit.js';
import { openPostgres } from './read-database.spec-kit.js';
import { ReadDatabaseFault, ReadDatabaseUnavailable } from './read-database.js';

describe('PostgreSQL read database', () => {
  readDatabaseContract('PostgreSQL');

  describe('is refused in one line, without the password', () => {
    let url: string;
    const open = async (given: string, schema = 'test_refused'): Promise<string> => {
      const fault: unknown = await PostgresReadDatabase.open({ url: given, schema }).then(
        (database) => database.close(),
        (error: unknown) => error,
      );
      expect(fault).toBeInstanceOf(ReadDatabaseFault);
      const { message } = fault as Error;
      expect(message).not.toContain('\n');
      expect(message).not.toContain(new URL(url).password);
      return message;
    };
    beforeAll(async () => {
      url = await testPostgres();
    });
    const changed = (change: (address: URL) => void): string => {
      const address = new URL(url);
      change(address);
      return address.href;
    };

    it.each([
      ['nonsense', /BATON_DATABASE: give postgres:/],
      ['mysql://root@127.0.0.1/baton', /give postgres:/],
      ['postgres://127.0.0.1/baton', /user and database must be named/],
      ['postgres://baton@127.0.0.1', /user and database must be named/],
      ['postgres://baton@127.0.0.1/baton?sslmode=prefer', /sslmode is one of disable, require, verify-full/],
      ['postgres://baton@127.0.0.1/baton?host=elsewhere', /takes no "host"/],
    ])('where the address is %s', async (given, line) => {
      expect(await open(given)).toMatch(line);
    });

    it('where nobody, or nobody of that name, is there', async () => {
      expect(await open(changed((address) => (address.port = '1')))).toMatch(/no server answers at 127.0.0.1:1\/baton/);
      expect(await open(changed((address) => (address.password = 'wrong')))).toMatch(/does not let baton in/);
      expect(await open(changed((address) => (address.pathname = '/elsewhere')))).toMatch(/has no such database/);
      expect(await open(changed((address) => (address.search = 'sslmode=require')))).toMatch(/speaks no TLS/);
      expect(
        await open(changed((address) => (address.search = 'sslmode=require&sslrootcert=/nowhere/ca.pem'))),
      ).toMatch(/certificate file/);
    });

    it.each([
      ['says something else', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
      ['hangs up', ''],
    ])('where what answers %s', async (_, answer) => {
      const server: Server = createServer((socket) => socket.on('error', () => undefined).end(answer));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      expect(await open(changed((address) => (address.port = String(port))))).toMatch(/is no PostgreSQL/);
      server.close();
    });

    it('where the schema is another program’s, which is left alone', async () => {
      await onPostgres(url, (client) => client.query('create schema test_theirs create table theirs (x text)'));
      expect(await open(url, 'test_theirs')).toMatch(/schema test_theirs is no read database/);
      await dropSchema(url, 'test_theirs');
      expect(await open(url, 'Robert"; drop')).toMatch(/is no name for a schema/);
    });

    it('where the user may make nothing, or the server is read only', async () => {
      await onPostgres(url, (client) => client.query(`create role test_reader login password 'reader'`));
      const message = await open(
        changed((address) => {
          address.username = 'test_reader';
          address.password = 'reader';
        }),
        'test_not_made',
      );
      await onPostgres(url, (client) => client.query('drop role test_reader'));
      expect(message).toMatch(/test_reader may not make tables/);
    });
  });

  describe('whose connections break', () => {
    let opened: Awaited<ReturnType<typeof openPostgres>>;
    beforeEach(async () => {
      opened = await openPostgres({ idleInTransactionMs: 300 });
    });
    afterEach(() => opened.dispose());
    const one = () => sql<{ one: number }>`select 1 as one`.execute(opened.database.reading);
    const killOthers = () =>
      onPostgres(opened.url, (client) =>
        client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name like '% in ' || $1`,
          [opened.schema],
        ),
      );

    it('answers queries with new ones', async () => {
      await Promise.all([one(), one(), one()]);
      await killOthers();
      expect((await one()).rows).toEqual([{ one: 1 }]);
    });

    it('fails the transaction that was under way as what it is, and does the next', async () => {
      const broken = opened.database.transaction(async (tx) => {
        await sql`create table half (x text)`.execute(tx);
        await killOthers();
        await sql`insert into half values ('x')`.execute(tx);
      });
      const fault: unknown = await broken.catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(ReadDatabaseUnavailable);
      expect(opened.database.isUnavailable(fault)).toBe(true);
      await opened.database.transaction((tx) => sql`create table half (x text)`.execute(tx));
    });

    it('takes the transaction from a process that stands still in it', async () => {
      await opened.database.transaction((tx) => sql`create table busy (x text)`.execute(tx));
      let goOn = (): void => undefined;
      let standing = Promise.resolve();
      await new Promise<void>((stands) => {
        standing = opened.database.transaction(async (tx) => {
          await sql`insert into busy values ('first')`.execute(tx);
          await sql`lock table busy`.execute(tx);
          await new Promise<void>((resolve) => {
            goOn = resolve;
            stands();
          });
          await sql`insert into busy values ('late')`.execute(tx);
        });
      });
      const failed = expect(standing).rejects.toBeInstanceOf(ReadDatabaseUnavailable);
      const { rows } = await sql<{ x: string }>`select x from busy`.execute(opened.database.reading);
      goOn();
      await failed;
      expect(rows).toEqual([]);
    });

    it('ends a query that takes too long', async () => {
      const { url, schema } = opened;
      const hasty = await PostgresReadDatabase.open({ url, schema, queryMs: 50 });
      await expect(sql`select pg_sleep(5)`.execute(hasty.reading)).rejects.toThrow(/answers 57014/);
      await hasty.close();
    });

    it('takes no writes by a query', async () => {
      await expect(sql`create table sneaky (x text)`.execute(opened.database.reading)).rejects.toThrow(/answers 25006/);
    });
  });
});
