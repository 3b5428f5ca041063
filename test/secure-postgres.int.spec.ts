import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { onPostgres } from '../libs/postgres/postgres.spec-kit.js';
import { PostgresReadDatabase } from '../libs/read-database/postgres-read-database.js';
import { startPostgres, UNSYNCED } from '../tools/postgres/start-postgres.mjs';
import { makeCertificate, type Certificate } from './certificate.spec-kit.js';

const SCHEMA = 'test_secure';

/** Key and certificate lie in the data, as the server's user alone may read them: so the data are made first. */
async function withTls(folder: string, { key, cert }: Certificate) {
  const data = join(folder, 'data');
  await (await startPostgres(data, UNSYNCED)).stop();
  const { uid, gid } = await stat(data);
  for (const [name, content] of [['server.key', key] as const, ['server.crt', cert] as const]) {
    await writeFile(join(data, name), content, { mode: 0o600 });
    await chown(join(data, name), uid, gid);
  }
  return startPostgres(data, { ...UNSYNCED, ssl: 'on' });
}

async function schemas(client: pg.Client): Promise<number> {
  return (await client.query('select from pg_namespace where nspname = $1', [SCHEMA])).rows.length;
}

async function sessionsOverTls(client: pg.Client): Promise<number> {
  const asked = 'select from pg_stat_ssl join pg_stat_activity using (pid) where ssl and application_name like $1';
  return (await client.query(asked, [`% in ${SCHEMA}`])).rows.length;
}

describe('a PostgreSQL with TLS', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let certificate: Certificate;
  let another: Certificate;
  beforeAll(async () => {
    [certificate, another] = await Promise.all([makeCertificate(), makeCertificate()]);
    folder = await mkdtemp(join(tmpdir(), 'baton-postgres-tls-'));
    // The server has a user of its own where this process is root.
    await chmod(folder, 0o711);
    server = await withTls(folder, certificate);
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([certificate.remove(), another.remove(), rm(folder, { recursive: true })]);
  });

  const open = (search: string, host = '127.0.0.1'): Promise<PostgresReadDatabase> => {
    const url = new URL(server.url);
    url.search = search;
    url.hostname = host;
    return PostgresReadDatabase.open({ url: url.href, schema: SCHEMA });
  };
  const refused = async (opening: Promise<PostgresReadDatabase>): Promise<string> => {
    const fault: unknown = await opening.then(
      (database) => database.close(),
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({ name: 'ReadDatabaseFault' });
    return (fault as Error).message;
  };

  it.each([
    ['nobody vouches for its certificate', () => 'sslmode=verify-full'],
    ['nobody does, and encryption alone is asked for', () => 'sslmode=require'],
    ['another authority is named', () => `sslmode=verify-full&sslrootcert=${another.file}`],
  ])('is refused in one line with a way out where %s, and nothing is written', async (_what, search) => {
    const message = await refused(open(search()));
    expect(message).toMatch(
      /^the certificate of 127\.0\.0\.1:\d+\/baton is not trusted \([A-Z_]+\): .*sslrootcert=FILE$/,
    );
    expect(await onPostgres(server.url, (client) => schemas(client))).toBe(0);
  });

  it('is refused where its certificate is for another name, and names the way out', async () => {
    const message = await refused(open(`sslmode=verify-full&sslrootcert=${certificate.file}`, 'localhost'));
    expect(message).toMatch(
      /^the certificate of localhost:\d+\/baton is for another name: .*give the address by that name$/,
    );
    expect(await onPostgres(server.url, (client) => schemas(client))).toBe(0);
  });

  it('is used, encrypted, where its authority is named', async () => {
    const database = await open(`sslmode=verify-full&sslrootcert=${certificate.file}`);
    try {
      expect(await onPostgres(server.url, sessionsOverTls)).toBeGreaterThan(0);
    } finally {
      await database.close();
    }
  });
});
