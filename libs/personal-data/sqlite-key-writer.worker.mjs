/**
 * The thread that writes the key store's file: it takes a group of operations, runs them in one transaction and
 * answers when the commit is on the disk, so that neither a sync nor a busy file holds up the main thread. Plain
 * JavaScript, since Node loads it as it stands.
 *
 * @import { KeyOperationCall, KeyOperations, WriterAnswer } from './key-operations.js'
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { keyOperations } from './sqlite-key-operations.mjs';
import { prepareKeyDatabase } from './sqlite-key-schema.mjs';

const answer = (/** @type {WriterAnswer} */ message) => parentPort?.postMessage(message);
/** The driver's code only: its message may quote a value. @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN');

/** After these, nothing that was deleted may stand anywhere. */
const OVERWRITING = ['erase', 'overwriteDeleted'];

try {
  serve(new Database(String(workerData)));
  answer({ kind: 'open' });
} catch (error) {
  answer({ kind: 'fault', code: codeOf(error) });
}

/** @param {Database.Database} database */
function serve(database) {
  prepareKeyDatabase(database);
  const operations = keyOperations(database);
  const commit = database.transaction((/** @type {readonly KeyOperationCall[]} */ calls) =>
    calls.map((call) => run(operations, call)),
  );
  parentPort?.on('message', (/** @type {readonly KeyOperationCall[] | 'close'} */ message) => {
    if (message === 'close') {
      database.close();
      parentPort?.close();
      return;
    }
    try {
      const answers = commit.immediate(message);
      // What was deleted must not live on in the write-ahead log.
      const erased = message.some(({ name }) => OVERWRITING.includes(name));
      answer({ kind: 'committed', answers, lingering: erased && !truncated(database) });
    } catch (error) {
      answer({ kind: 'fault', code: codeOf(error) });
    }
  });
}

/** Whether the log is in the database and empty; not while somebody reads in it. @param {Database.Database} database */
function truncated(database) {
  const [row] = /** @type {{ busy: number }[]} */ (database.pragma('wal_checkpoint(TRUNCATE)'));
  return row?.busy === 0;
}

/**
 * @param {KeyOperations} operations
 * @param {KeyOperationCall} call
 */
function run(operations, call) {
  const operation = /** @type {(...args: readonly unknown[]) => unknown} */ (operations[call.name]);
  return operation(...call.args);
}
