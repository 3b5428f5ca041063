// A thread that makes a Parquet file of events: reads the log by a connection of its own, and answers each message with
// the next bytes of the file.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { cellReader } from './event-cells.mjs';
import { EventText } from './event-text.mjs';
import { ParquetFile } from './parquet-file.mjs';

/** @typedef {import('./parquet-column.mjs').Column & import('./event-cells.mjs').CellSource} EventColumn */
/**
 * `end`: the last position. `group`: only other than the usual in tests.
 * @typedef {{ file: string, columns: readonly EventColumn[], names: ReadonlyMap<string, string>, end: number, from?: string, to?: string, group?: import('./parquet-file.mjs').GroupLimits }} FileData
 */
/** @typedef {{ bytes: Uint8Array<ArrayBuffer>, isLast: boolean } | { fault: string }} FromFile */

/** Rows held at once while they are taken apart: few enough to die young. */
const ROWS_AT_ONCE = 200;
/** Some megabytes of memory, whatever the events are; a reader of the file has little to look up. */
const GROUP = { rows: 10_000, bytes: 4 << 20 };
/** What the log has beside an event's text. */
const BESIDE = ['id', 'type', 'stream', 'revision'];
const NOTHING = Object.freeze({});

/** @typedef {[position: number, revision: number, id: string, type: string, body: string, stream: string]} Row */

/**
 * @param {import('better-sqlite3').Database} database
 * @param {FileData} data
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>}
 */
async function* fileOf(database, { columns, names, end, from = '', to, group = GROUP }) {
  // The number stands in it: SQLite compiles a statement anew whenever it is bound to LIMIT.
  const page = database
    .prepare(
      `SELECT e.position, e.revision, e.id, e.type, e.body, s.name FROM events e CROSS JOIN streams s ON s.id = e.stream
       WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ${ROWS_AT_ONCE}`,
    )
    .raw();
  const file = new ParquetFile(columns, group);
  const text = new EventText(columns);
  const beside = columns.map((column) => (BESIDE.includes(column.source) ? cellReader(column, names) : undefined));
  const absent = columns.map((column) => column.absent ?? null);
  const recordedAt = columns.findIndex(({ source }) => source === 'metadata.recordedAt');
  for (let last = 0; ;) {
    const rows = /** @type {Row[]} */ (page.all(last, end));
    for (const [position, revision, id, type, body, stream] of rows) {
      last = position;
      const row = absent.slice();
      text.read(body, row);
      const recorded = String(row[recordedAt]);
      if (recorded < from || (to !== undefined && recorded >= to)) continue;
      const event = { id, type, stream, revision, data: NOTHING, metadata: NOTHING };
      for (let at = 0; at < beside.length; at += 1) {
        const read = beside[at];
        if (read) row[at] = read(event);
      }
      if (file.add(row)) yield await file.take();
    }
    if (rows.length < ROWS_AT_ONCE) return await file.end();
  }
}

/** @param {import('node:worker_threads').MessagePort} port */
function serve(port) {
  const data = /** @type {FileData} */ (workerData);
  const bytesOf = fileOf(new Database(data.file, { readonly: true }), data);
  const answer = async () => {
    try {
      const { value: bytes, done: isLast = false } = await bytesOf.next();
      port.postMessage({ bytes, isLast }, [bytes.buffer]);
    } catch (error) {
      // Never the message: it may repeat what an event says.
      port.postMessage({ fault: error instanceof Error ? error.name : 'unknown' });
    }
  };
  port.on('message', () => void answer());
}

if (parentPort !== null) serve(parentPort);
