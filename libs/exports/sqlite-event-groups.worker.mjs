// A thread that makes row groups of the events of a log: reads it by a connection of its own, and answers each message
// with the next of its groups.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { cellReader } from './event-cells.mjs';
import { EventText } from './event-text.mjs';
import { ParquetGroups } from './parquet-groups.mjs';

/** @typedef {import('./parquet-column.mjs').Column & import('./event-cells.mjs').CellSource} EventColumn */
/** @typedef {import('./parquet-groups.mjs').MadeGroup} MadeGroup */
/**
 * Of a log that is cut into stretches of `group.rows` positions up to `end`, the thread takes the one numbered `first`
 * (from 0) and each `step` further.
 * @typedef {{ file: string, columns: readonly EventColumn[], names: ReadonlyMap<string, string>, end: number, from?: string, to?: string, group: import('./parquet-groups.mjs').GroupLimits, first: number, step: number }} ThreadData
 */
/**
 * A group, where the stretch had one more, and whether the stretch has ended with it.
 * @typedef {{ made?: MadeGroup, hasEnded: boolean }} FromStretch
 */
/** @typedef {FromStretch | { fault: string }} FromThread */

/** Rows held at once while they are taken apart: few enough to die young. */
const ROWS_AT_ONCE = 200;
const CACHE_KIB = 2_048;
/** What the log has beside an event's text. */
const BESIDE = ['id', 'type', 'stream', 'revision'];
const NOTHING = Object.freeze({});

/** @typedef {[position: number, revision: number, id: string, type: string, body: string, stream: string]} Row */

/**
 * @param {import('better-sqlite3').Database} database
 * @param {ThreadData} data
 * @returns {AsyncGenerator<FromStretch, void>}
 */
async function* groupsOf(database, { columns, names, end, from = '', to, group, first, step }) {
  // The number stands in it: SQLite compiles a statement anew whenever it is bound to LIMIT.
  const page = database
    .prepare(
      `SELECT e.position, e.revision, e.id, e.type, e.body, s.name FROM events e CROSS JOIN streams s ON s.id = e.stream
       WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ${ROWS_AT_ONCE}`,
    )
    .raw();
  const groups = new ParquetGroups(columns, group);
  const text = new EventText(columns);
  const beside = columns.map((column) => (BESIDE.includes(column.source) ? cellReader(column, names) : undefined));
  const absent = columns.map((column) => column.absent ?? null);
  const recordedAt = columns.findIndex(({ source }) => source === 'metadata.recordedAt');
  for (let stretch = first; stretch * group.rows < end; stretch += step) {
    const stretchEnd = Math.min(end, (stretch + 1) * group.rows);
    for (let last = stretch * group.rows; last < stretchEnd;) {
      const rows = /** @type {Row[]} */ (page.all(last, stretchEnd));
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
        if (groups.add(row)) yield { made: await groups.end(), hasEnded: false };
      }
      if (rows.length < ROWS_AT_ONCE) last = stretchEnd;
    }
    yield { ...(!groups.isEmpty && { made: await groups.end() }), hasEnded: true };
  }
}

/** @param {import('node:worker_threads').MessagePort} port */
function serve(port) {
  const data = /** @type {ThreadData} */ (workerData);
  const database = new Database(data.file, { readonly: true });
  // It reads on and on: of what the driver would keep, eight times as much, nothing is looked at again but the streams.
  database.pragma(`cache_size = -${CACHE_KIB}`);
  const groups = groupsOf(database, data);
  /** @returns {Promise<FromThread>} */
  const next = async () => {
    try {
      const { value } = await groups.next();
      return value ?? { fault: 'RangeError' };
    } catch (error) {
      // Never the message: it may repeat what an event says.
      return { fault: error instanceof Error ? error.name : 'unknown' };
    }
  };
  port.on('message', async () => {
    const answer = await next();
    port.postMessage(answer, 'made' in answer ? [answer.made.bytes.buffer] : []);
  });
}

if (parentPort !== null) serve(parentPort);
