import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onPostgres } from '../libs/postgres/postgres.spec-kit.js';
import { filesOf } from './canary.spec-kit.js';
import type { Services } from './separate-services.spec-kit.js';

/**
 * Everything on a disk that the services write to: topics and checkpoints of the broker, files of their database and
 * PostgreSQL's own log, keys, trail; and what they said. A PostgreSQL that is elsewhere is left out.
 */
export async function sinksOf({ broker, database, directory, processes }: Services): Promise<Record<string, Buffer>> {
  const said = processes.map(({ lines }, at) => [`output of process ${at}`, Buffer.from(lines.join('\n'))] as const);
  return {
    ...(await filesOf(broker.directory)),
    ...(await filesOf(directory)),
    ...(await postgresFiles(database)),
    ...Object.fromEntries(said),
  };
}

async function postgresFiles(database: string): Promise<Record<string, Buffer>> {
  const folders: string[] = [];
  await onPostgres(database, async (client) => {
    // What is in memory only comes to its file.
    await client.query('checkpoint');
    const { rows } = await client.query<{ folder: string; oid: number }>(
      `select current_setting('data_directory') as folder, oid from pg_database where datname = current_database()`,
    );
    for (const { folder, oid } of rows) folders.push(join(folder, 'base', String(oid)), join(folder, 'pg_wal'));
  });
  const files: Record<string, Buffer> = {};
  for (const folder of folders) {
    // Tables of other tests come and go while this reads.
    const names = await readdir(folder).catch((): string[] => []);
    for (const name of names) {
      const bytes = await readFile(join(folder, name)).catch(() => undefined);
      if (bytes) files[join(folder, name)] = bytes;
    }
  }
  return files;
}
