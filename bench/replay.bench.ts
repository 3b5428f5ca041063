import Database from 'better-sqlite3';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../libs/event-store/event-store.js';
import { leadFold } from '../libs/lead-commands/folds.js';
import type { LeadState } from '../libs/lead-lifecycle/lead-state.js';
import { secondsOf } from './at-once.js';
import { CommandServices } from './command-services.js';
import { median, type BenchFigure } from './figure.js';
import { copyLeads } from './lead-copies.js';

const EVENTS = 1_000_000;
const ROUNDS = 3;
/** Events of a page of the port, few enough to die young; raw rows are read fastest in larger pages. */
const PAGE = 50;
const RAW_PAGE = 1_000;

/** Reading all history through the port and folding each lead, against reading the same file's rows and parsing them. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const services = await CommandServices.open(directory);
  try {
    const history = await services.typicalHistory();
    await copyLeads(services.store, history, EVENTS / history.lead.length, { withContacts: false });
    const ratios: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const replayed = await secondsOf(() => replay(services.store));
      const raw = await secondsOf(async () => readRows(join(directory, 'events.sqlite')));
      // The first fills the file cache.
      if (round === 0) continue;
      ratios.push(raw / replayed);
      rates.push(EVENTS / replayed);
    }
    return [
      {
        name: 'replay of 1 M events (read, parse, fold), against reading the raw rows and parsing them',
        value: median(ratios),
        unit: 'ratio',
        must: 0.7,
        aim: 0.9,
        better: 'higher',
        note: `${Math.round(median(rates))} events/s folded`,
      },
    ];
  } finally {
    await services.close();
    await rm(directory, { recursive: true });
  }
}

async function replay(store: EventStore): Promise<void> {
  const leads = new Map<string, LeadState>();
  let after: string | undefined;
  for (;;) {
    const page = await store.readAll({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const event of page) {
      // The teams' and the policy's few events, by which the bench's histories were decided, are of other folds.
      if (!event.stream.startsWith('lead-')) continue;
      leads.set(event.stream, leadFold.evolve(leads.get(event.stream) ?? leadFold.initial, event));
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.position;
  }
}

/** The least that a replay must do: every row of the table in commit order, its text parsed. */
function readRows(file: string): void {
  const database = new Database(file, { readonly: true });
  const rows = database.prepare<[number, number], [position: number, body: string]>(
    'SELECT position, body FROM events WHERE position > ? ORDER BY position LIMIT ?',
  );
  rows.raw();
  let parsed = 0;
  for (let last = 0, page; (page = rows.all(last, RAW_PAGE)).length > 0;) {
    for (const row of page) {
      parsed += Number(typeof JSON.parse(row[1]) === 'object');
      last = row[0];
    }
  }
  database.close();
  if (parsed < EVENTS) throw new Error(`only ${parsed} rows were read`);
}
