import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StoreFault } from './event-store.js';

/**
 * Makes a process the only one on a store. The lock is SQLite's exclusive lock on `<file>.lock`, held by an open
 * connection: the operating system frees it however the process ends, and it also keeps out a second open in the
 * same process.
 *
 * @returns releases the lock
 * @throws StoreFault when another has it
 */
export function lockFile(file: string): () => void {
  createPrivateFile(`${file}.lock`);
  const connection = new Database(`${file}.lock`, { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch {
    connection.close();
    throw new StoreFault(`the event store ${file} is already open, in this process or another`);
  }
  return () => connection.close();
}

/**
 * Makes an empty file that only its owner may read, where there is none. An existing one is not even opened: to close
 * it again would drop the locks that SQLite holds on it in this process.
 */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
