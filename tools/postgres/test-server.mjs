import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LOOK_MS = 20;
const LONGEST_START_MS = 60_000;

/** Whose end ends the server: the run of all tests, which jest's global set-up names. */
const owner = () => process.env.BATON_TEST_RUN ?? String(process.pid);
const home = () => join(tmpdir(), `baton-postgres-${owner()}`);

/**
 * The address of a real PostgreSQL that all tests of a run share: `BATON_TEST_DATABASE`, else one that the first who
 * asks starts. Each test takes a schema of its own.
 *
 * @returns {Promise<string>}
 */
export async function testPostgres() {
  const given = process.env.BATON_TEST_DATABASE;
  if (given) return given;
  if (claim()) begin();
  for (let waited = 0; waited < LONGEST_START_MS; waited += LOOK_MS) {
    if (existsSync(join(home(), 'url'))) return readFileSync(join(home(), 'url'), 'utf8');
    if (existsSync(join(home(), 'fault'))) throw new Error(readFileSync(join(home(), 'fault'), 'utf8'));
    await sleep(LOOK_MS);
  }
  throw new Error('no PostgreSQL for the tests within a minute');
}

/** Ends the server, where one was started, and waits until it is gone. */
export async function endTestPostgres() {
  const file = join(home(), 'pid');
  if (!existsSync(file)) return;
  process.kill(Number(readFileSync(file, 'utf8')), 'SIGTERM');
  for (let waited = 0; existsSync(home()) && waited < LONGEST_START_MS; waited += LOOK_MS) await sleep(LOOK_MS);
}

/** Whether this process is the first to ask. */
function claim() {
  try {
    mkdirSync(home(), { mode: 0o711 });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

function begin() {
  const script = fileURLToPath(new URL('./serve-while.mjs', import.meta.url));
  const server = spawn(process.execPath, [script, home(), owner()], { detached: true, stdio: 'ignore' });
  server.unref();
  writeFileSync(join(home(), 'pid'), String(server.pid));
}
