/**
 * node serve-while.mjs DIRECTORY PID
 *
 * Runs a PostgreSQL under a directory for as long as another process lives, so that whatever becomes of that one, no
 * server and no data are left behind. `DIRECTORY/url` stands once it answers, `DIRECTORY/fault` where it does not start.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, UNSYNCED } from './start-postgres.mjs';

const LOOK_MS = 500;
const [directory = '', pid = ''] = process.argv.slice(2);

/** Never half written, for those who wait for it. @param {string} name @param {string} text */
function write(name, text) {
  writeFileSync(join(directory, `${name}.part`), text, { mode: 0o600 });
  renameSync(join(directory, `${name}.part`), join(directory, name));
}

function lives() {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

try {
  const server = await startPostgres(join(directory, 'data'), UNSYNCED);
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
    process.exit(0);
  };
  process.on('SIGTERM', () => void end());
  setInterval(() => lives() || void end(), LOOK_MS);
  write('url', server.url);
} catch (fault) {
  write('fault', fault instanceof Error ? fault.message : String(fault));
  process.exit(1);
}
