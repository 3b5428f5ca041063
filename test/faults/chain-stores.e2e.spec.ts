import type { Client } from 'pg';
import { describeWithOwnKafka } from '../../libs/kafka-client/kafka-broker.spec-kit.js';
import { onPostgres } from '../../libs/postgres/postgres.spec-kit.js';
import { testPostgres } from '../../tools/postgres/test-server.mjs';
import { newLead } from '../people.spec-kit.js';
import { until } from '../until.spec-kit.js';
import { soon, type Chain, type Slot } from './chain.spec-kit.js';
import type { ChainLoad } from './chain-load.spec-kit.js';
import { ChainTrial } from './chain-trial.spec-kit.js';
import { poison, poisonsFor } from './poison.spec-kit.js';
import { faultCount } from './relayed-world.spec-kit.js';
import { SmallDisk } from './small-disk.spec-kit.js';
import type { ProxyMode } from './tcp-fault-proxy.spec-kit.js';

const LONGEST_MS = 240_000 + faultCount(0) * 20_000;
const DISK_MB = 400;
const DEADLOCK = '40P01';
const TABLESPACE = `small_${process.pid}`;

const doneOf = ({ sent }: ChainLoad): number => sent.filter(({ wanted }) => wanted === 'done').length;

describeWithOwnKafka('the stores under the chain of services', () => {
  let trial: ChainTrial;
  let chain: Chain;
  let disk: SmallDisk | undefined;
  beforeAll(async () => {
    disk = process.env.BATON_TEST_DATABASE ? undefined : await SmallDisk.mount(DISK_MB);
    const mounted = disk;
    if (mounted) await onPostgres(await testPostgres(), (client) => makeTablespace(client, mounted));
    trial = await ChainTrial.open(disk ? { tablespace: TABLESPACE } : {});
    chain = trial.chain;
  }, LONGEST_MS);
  afterAll(async () => {
    await trial.dispose();
    if (!disk) return;
    await onPostgres(await testPostgres(), (client) => client.query(`drop tablespace ${TABLESPACE}`));
    await disk.unmount();
  });

  const readiness = (slot: Slot): Promise<number> =>
    chain.process(slot).url.then((url) => fetch(`${url}/readyz`).then(({ status }) => status));
  const isReady = (slot: Slot, wanted: boolean): Promise<number> =>
    until(
      async () => {
        await soon();
        return readiness(slot);
      },
      (status) => (status === 200) === wanted,
      `${slot} ${wanted ? 'ready' : 'unready'}`,
      60_000,
    );

  it(
    'F12: the event store away, silent, slow and cut off in mid-frame while commands flow',
    async () => {
      const { toStore } = chain;
      if (!toStore)
        return void process.stderr.write('\nSKIPPED: F12 by the network: TLS or a cluster takes no proxy\n');
      const rounds = Math.ceil(faultCount(3) / 3);
      const all = async (mode: ProxyMode): Promise<unknown> =>
        Promise.all([toStore.api.become(mode), toStore.others.become(mode)]);
      await trial.underLoad(`F12: the event store ${rounds} times away, silent, slow and reset`, async (load) => {
        for (const mode of Array.from({ length: rounds }, (): ProxyMode[] => [
          'away',
          'half-open',
          'slow',
          'reset',
        ]).flat()) {
          await chain.whenAnswered(12);
          await all(mode);
          if (mode === 'slow' || mode === 'reset') await chain.whenAnswered(12);
          else {
            await isReady('lead-api', false);
            const done = doneOf(load);
            await isReady('lead-api', false);
            expect(doneOf(load)).toBe(done);
          }
          await all('through');
          await isReady('lead-api', true);
        }
        return 'nothing is done without it, and readiness says so (V11)';
      });
    },
    LONGEST_MS,
  );

  it(
    'F12: an event store that fails calls in every way, answers conflicts and ends subscriptions',
    async () => {
      const { double } = chain.services.store;
      if (!double)
        return void process.stderr.write('\nSKIPPED: F12 by the calls: a real server does not fail on demand\n');
      const rounds = faultCount(3);
      let failed = 0;
      let conflicts = 0;
      const faults = [
        'unavailable-after-taking',
        'internal',
        'conflict',
        'unanswered',
        'unavailable',
        { slowMs: 1_000 },
      ] as const;
      double.fault = ({ kind, nth }) => {
        if (kind !== 'append' || nth % 9 !== 0) return undefined;
        const fault = faults[(failed += 1) % faults.length];
        if (fault === 'conflict') conflicts += 1;
        return fault;
      };
      await trial.underLoad(`F12: one append of nine fails, subscriptions end cleanly ${rounds} times`, async () => {
        for (let n = 0; n < rounds; n += 1) {
          await chain.whenAnswered(20);
          double.endSubscriptions();
        }
        await until(soon, () => conflicts > 0, 'a conflict');
        double.fault = () => undefined;
        return `${failed} calls failed, ${conflicts} conflicts`;
      });
    },
    LONGEST_MS,
  );

  it(
    'F18: no room at the read database stops views and keys, loses nothing, and is over when there is room',
    async () => {
      if (!disk) return;
      const full = disk;
      const rounds = Math.ceil(faultCount(1) / 10);
      await trial.underLoad(`F18: the read database's disk full ${rounds} times`, async () => {
        for (let n = 0; n < rounds; n += 1) {
          await chain.whenAnswered(12);
          await full.fill();
          await isReady('team-views 1', false);
          await full.empty();
          await isReady('team-views 1', true);
        }
        return 'the views said so';
      });
    },
    LONGEST_MS,
  );

  it(
    'F19: a lost read database is filled from zero while commands are served',
    async () => {
      const rounds = Math.ceil(faultCount(1) / 10);
      await trial.underLoad(`F19: the read database lost ${rounds} times while serving`, async (load) => {
        for (let n = 0; n < rounds; n += 1) {
          await chain.whenAnswered(12);
          await loseViews(chain.services.database);
          const done = doneOf(load);
          for (const slot of ['team-views 1', 'team-views 2', 'lead-routing'] as const) await chain.kill(slot);
          await Promise.all(
            (['team-views 1', 'team-views 2', 'lead-routing'] as const).map((slot) => chain.start(slot)),
          );
          await chain.whenAnswered(12);
          expect(doneOf(load)).toBeGreaterThan(done);
        }
      });
    },
    LONGEST_MS,
  );

  it(
    'F16: events that nobody can read park the lead they stand in, through the whole chain; all others flow',
    async () => {
      const rounds = Math.ceil(faultCount(1) / 10);
      const poisons = poisonsFor(chain.services);
      await trial.underLoad(`F16: ${poisons.length} kinds of poison, ${rounds} times each`, async () => {
        for (let n = 0; n < rounds; n += 1) {
          for (const kind of poisons) {
            const { body } = await chain.command('maria', '/leads', newLead());
            trial.poisoned.set(`lead-${body.lead}`, body.revision + 1);
            await poison(chain.services, `lead-${body.lead}`, body.revision + 1, kind);
          }
          await chain.whenAnswered(12);
        }
        const api = chain.as(await chain.process('lead-api').url, 'maria');
        const views = chain.as(await chain.process('team-views 1').url, 'root');
        const parked = await until(
          async () => {
            await soon();
            return views.read<{ streams: { projection: string; stream: string }[] }>('/dead-letters');
          },
          ({ streams }) => new Set(streams.map(({ stream }) => stream)).size >= trial.poisoned.size,
          'every poisoned lead parked',
          60_000,
        );
        expect(new Set(parked.streams.map(({ stream }) => stream))).toEqual(new Set(trial.poisoned.keys()));
        for (const stream of trial.poisoned.keys()) {
          const path = `/leads/${stream.slice('lead-'.length)}/record-interest`;
          const { status, headers } = await api.post(path, { source: 'email', topic: 'robots' });
          expect({ status, again: Number(headers.get('retry-after')) > 0 }).toEqual({ status: 503, again: true });
        }
        return 'each lead with one is parked and takes no command, no other is';
      });
    },
    LONGEST_MS,
  );
});

async function makeTablespace(client: Client, disk: SmallDisk): Promise<void> {
  const { rows } = await client.query<{ data_directory: string }>('show data_directory');
  const folder = await disk.folderLike(rows[0]?.data_directory ?? '');
  await client.query(`create tablespace ${TABLESPACE} location '${folder}'`);
}

/** PostgreSQL may end this one where it waits for a view's transaction and that for it: then it is done again. */
async function loseViews(database: string): Promise<void> {
  const drop = (client: Client) => client.query('drop schema if exists baton_views cascade');
  await until(
    () => onPostgres(database, drop).catch((fault: Error & { code?: string }) => fault),
    (answer) => {
      if ('rows' in answer) return true;
      if (answer.code !== DEADLOCK) throw answer;
      return false;
    },
    'the views dropped',
  );
}
