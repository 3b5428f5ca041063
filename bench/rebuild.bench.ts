import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type BenchFigure } from './figure.js';
import { fillStore, rebuilt, type Rebuilt } from './rebuilt-views.js';

const LEADS = 25_000;
const ROUNDS = 3;

/** All views together, from nothing to live with their indexes, in a process of their own. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    const events = await fillStore(directory, LEADS);
    const rounds: Rebuilt[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push(await rebuilt(directory, join(directory, `views-${round}.sqlite`)));
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
