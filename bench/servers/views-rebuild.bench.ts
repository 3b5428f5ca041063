import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../tools/postgres/start-postgres.mjs';
import { median, type BenchFigure } from '../figure.js';
import { fillStore, rebuilt, type Rebuilt } from '../rebuilt-views.js';

const LEADS = 10_000;
const ROUNDS = 3;

/** All views together, from nothing to live with their indexes, in a PostgreSQL on the same machine. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const given = process.env.BATON_TEST_DATABASE;
  // A folder of its own: the server may run as another user, who cannot see into ours.
  const data = await mkdtemp(join(tmpdir(), 'baton-bench-postgres-'));
  const own = given ? undefined : await startPostgres(data, { shared_buffers: '512MB' });
  try {
    const events = await fillStore(directory, LEADS);
    const url = given ?? own?.url ?? '';
    const rounds: Rebuilt[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push(await rebuilt(directory, url, `bench_${process.pid}_${round}`));
    }
    return [
      {
        name: 'rebuild of all views together on PostgreSQL',
        value: median(rounds.map(({ seconds }) => events / seconds)),
        unit: 'events/s',
        must: 5_000,
        aim: 20_000,
        better: 'higher',
        note: `${events} events of ${LEADS} leads and their contacts, to serving, indexes made; fsync on`,
      },
    ];
  } finally {
    await own?.stop();
    for (const made of [directory, data]) await rm(made, { recursive: true });
  }
}
