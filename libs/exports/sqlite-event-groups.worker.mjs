// A thread that makes row groups of events: reads a stretch of the log by a connection of its own, and answers with the
// bytes of the group.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { cellReader } from './event-cells.mjs';
import { encodeGroup } from './parquet-groups.mjs';

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {import('./parquet-groups.mjs').Column & import('./event-cells.mjs').CellSource} EventColumn */
/** @typedef {{ file: string, columns: readonly EventColumn[], names: ReadonlyMap<string, string>, from?: string, to?: string }} GroupsData */
/**
 * Positions, the first exclusive, the second inclusive.
 * @typedef {readonly [after: number, upTo: number]} Stretch
 */
/** @typedef {import('./parquet-groups.mjs').EncodedGroup} EncodedGroup */
/** @typedef {{ groups: EncodedGroup[] } | { fault: string }} FromGroups */

/** Rows held at once while they are taken apart: few enough to die young. */
const ROWS_AT_ONCE = 200;
/** Characters of stored text after which a group ends: events may be hundreds of times as long as most are. */
const MOST_TEXT = 4 << 20;

/** @typedef {[position: number, revision: number, id: string, type: string, body: string, stream: string]} Row */

/**
 * @param {import('better-sqlite3').Database} database
 * @param {GroupsData} data
 */
function groupReader(database, { columns, names, from, to }) {
  const page = database
    .prepare(
      `SELECT e.position, e.revision, e.id, e.type, e.body, s.name FROM events e CROSS JOIN streams s ON s.id = e.stream
       WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?`,
    )
    .raw();
  const readers = columns.map((column) => cellReader(column, names));
  /** @param {Stretch} stretch */
  return ([after, upTo]) => {
    /** @type {EncodedGroup[]} */
    const groups = [];
    /** @type {Cell[][]} */
    let cells = columns.map(() => []);
    let text = 0;
    const endGroup = () => {
      if (cells[0]?.length) groups.push(encodeGroup(columns, cells));
      cells = columns.map(() => []);
      text = 0;
    };
    for (let last = after; ;) {
      const rows = /** @type {Row[]} */ (page.all(last, upTo, ROWS_AT_ONCE));
      for (const [position, revision, id, type, body, stream] of rows) {
        last = position;
        text += body.length;
        const { data, metadata } = JSON.parse(body);
        const { recordedAt } = metadata;
        if ((from !== undefined && recordedAt < from) || (to !== undefined && recordedAt >= to)) continue;
        // It is this thread's own: what is not to be seen is taken from it, not a copy made without.
        data.nonce = data.pii = undefined;
        const event = { id, type, stream, revision, data, metadata, open: data };
        for (let at = 0; at < readers.length; at += 1) cells[at]?.push(readers[at]?.(event) ?? null);
        if (text >= MOST_TEXT) endGroup();
      }
      if (rows.length < ROWS_AT_ONCE) break;
    }
    endGroup();
    return groups;
  };
}

/** @param {import('node:worker_threads').MessagePort} port */
function serve(port) {
  const data = /** @type {GroupsData} */ (workerData);
  const database = new Database(data.file, { readonly: true });
  const read = groupReader(database, data);
  port.on('message', (/** @type {Stretch} */ stretch) => {
    try {
      const groups = read(stretch);
      port.postMessage(
        { groups },
        groups.map(({ bytes }) => bytes.buffer),
      );
    } catch (error) {
      // Never the message: it may repeat what an event says.
      port.postMessage({ fault: error instanceof Error ? error.name : 'unknown' });
    }
  });
}

if (parentPort !== null) serve(parentPort);
