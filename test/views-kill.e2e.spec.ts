import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterFeed, canonicalDump, feedOf, recordedAll } from '../libs/projection-runner/projection.spec-kit.js';
import type { RunnerTables } from '../libs/projection-runner/runner-tables.js';
import { openPostgres, openSqlite } from '../libs/read-database/read-database.spec-kit.js';
import { FunnelProjection } from '../libs/team-views/funnel-projection.js';
import { LeadCardProjection } from '../libs/team-views/lead-card-projection.js';
import { leadsWithOutcomes } from '../libs/team-views/outcome-history.spec-kit.js';
import { OutcomeProjection } from '../libs/team-views/outcome-projection.js';
import { until } from './until.spec-kit.js';

const LONGEST_MS = 180_000;
const KILLS = Number(process.env.BATON_FAULT_KILLS ?? 6);
const projections = () => [new LeadCardProjection(), new FunnelProjection(), new OutcomeProjection()];
const events = recordedAll(leadsWithOutcomes(7, 60, 60));

/** F3 and F19 on real processes: V5 is computed from the rows. */
describe('views of several processes on one PostgreSQL', () => {
  let directory: string;
  let opened: Awaited<ReturnType<typeof openPostgres>>;
  const running = new Set<ChildProcess>();
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'baton-views-'));
    await writeFile(join(directory, 'events.ndjson'), events.map((event) => JSON.stringify(event)).join('\n'));
    opened = await openPostgres();
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await opened.dispose();
    await rm(directory, { recursive: true });
  });

  function start(): ChildProcess {
    const script = join(import.meta.dirname, 'views-until-killed.mjs');
    const given = [join(directory, 'events.ndjson'), opened.url, opened.schema];
    const child = spawn(process.execPath, [script, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(child);
    return child;
  }
  const done = async (): Promise<number> => {
    const rows = await opened.database.reading
      .withTables<RunnerTables>()
      .selectFrom('projection_progress')
      .select('feed_offset')
      .execute()
      .catch(() => []);
    return rows.reduce((sum, row) => sum + Math.max(0, Number(row.feed_offset)), 0);
  };
  const serving = async (): Promise<number> => {
    const builds = opened.database.reading.withTables<RunnerTables>().selectFrom('projection_build').selectAll();
    return (await builds.execute().catch(() => [])).filter((row) => row.serving === 1 && row.status === 'live').length;
  };
  const isServed = async (): Promise<boolean> =>
    (await done()) === events.length * projections().length && (await serving()) === 3;

  it(
    'are those of a quiet rebuild, whoever is killed or stopped when',
    async () => {
      const total = events.length * projections().length;
      for (let n = 0; n < 3; n += 1) start();
      let halted: ChildProcess | undefined;
      for (let kill = 1; kill <= KILLS; kill += 1) {
        await until(done, (so) => so >= (total * kill) / (KILLS + 2), 'the next kill', LONGEST_MS);
        const [victim] = [...running].filter((child) => child !== halted);
        halted?.kill('SIGCONT');
        halted = undefined;
        if (victim === undefined) throw new Error('nobody is left');
        if (kill % 3 === 0) {
          // Stands still, wherever it is, while the others take over; later it goes on as if nothing had been.
          victim.kill('SIGSTOP');
          halted = victim;
        } else {
          victim.kill('SIGKILL');
          running.delete(victim);
          start();
        }
      }
      await until(isServed, Boolean, 'all views served', LONGEST_MS);
      halted?.kill('SIGCONT');
      const quiet = await openSqlite();
      await afterFeed(quiet.database, projections(), feedOf(events), async () => {
        for (const projection of projections()) {
          expect(await canonicalDump(opened.database, projection)).toEqual(
            await canonicalDump(quiet.database, projection),
          );
        }
      });
      await quiet.dispose();
      const letters = opened.database.reading.withTables<RunnerTables>().selectFrom('dead_letter').selectAll();
      expect(await letters.execute()).toEqual([]);
    },
    LONGEST_MS,
  );
});
