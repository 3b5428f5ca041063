import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandServices } from './command-services.js';
import { median, type BenchFigure } from './figure.js';
import { copyLeads } from './lead-copies.js';
import { LineProcess } from './line-process.js';

const LEADS = 25_000;
const ROUNDS = 3;

interface Rebuilt {
  readonly seconds: number;
  readonly megabytes: number;
}

/** All views together, from nothing to live with their indexes, in a process of their own. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    const events = await fill(directory);
    const rounds: Rebuilt[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await rebuilt(directory, `views-${round}.sqlite`));
    return [
      {
        name: 'rebuild of all views together on SQLite',
        value: median(rounds.map(({ seconds }) => events / seconds)),
        unit: 'events/s',
        must: 15_000,
        aim: 50_000,
        better: 'higher',
        note: `${events} events of ${LEADS} leads and their contacts, to serving, indexes made`,
      },
      {
        name: 'memory during the rebuild, at most',
        value: Math.max(...rounds.map(({ megabytes }) => megabytes)),
        unit: 'MB',
        must: 300,
        better: 'lower',
      },
    ];
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** @returns how many events there are */
async function fill(directory: string): Promise<number> {
  const services = await CommandServices.open(directory);
  const history = await services.typicalHistory();
  await copyLeads(services.store, history, LEADS, { withContacts: true });
  const events = Number(await services.store.head());
  await services.close();
  return events;
}

async function rebuilt(directory: string, file: string): Promise<Rebuilt> {
  const process = new LineProcess(join(import.meta.dirname, 'rebuild-process.js'), [directory, join(directory, file)]);
  const said = await process.hear<Rebuilt>();
  await process.stop();
  return said;
}
