import { randomInt } from 'node:crypto';
import { metadataOf } from '../../libs/contracts/event-metadata.js';
import { describeWithOwnKafka } from '../../libs/kafka-client/kafka-broker.spec-kit.js';
import { onPostgres } from '../../libs/postgres/postgres.spec-kit.js';
import { soon, SLOTS, type Chain, type Slot } from './chain.spec-kit.js';
import { ChainTrial } from './chain-trial.spec-kit.js';
import { withNewerView, type NewerProgram } from './newer-program.spec-kit.js';
import { useOf, type Use } from './process-use.spec-kit.js';
import { faultCount } from './relayed-world.spec-kit.js';

const LONGEST_MS = 240_000 + faultCount(0) * 20_000;

const MOST_MEGABYTES = 500;
/** Connections to brokers and database that come and go. */
const MORE_HANDLES = 50;

describeWithOwnKafka('the whole chain of services', () => {
  let trial: ChainTrial;
  let chain: Chain;
  let newer: NewerProgram | undefined;
  beforeAll(async () => {
    trial = await ChainTrial.open();
    chain = trial.chain;
  }, LONGEST_MS);
  afterAll(async () => {
    await trial.dispose();
    await newer?.remove();
  });

  /** Resolves with the next event that a person's command has left in the store. */
  async function nextByPeople(act: () => Promise<void>): Promise<void> {
    const store = await chain.services.store.open();
    const over = new AbortController();
    try {
      const after = await store.head();
      await act();
      for await (const batch of store.subscribe({ signal: over.signal, ...(after !== undefined && { after }) })) {
        if (batch.some((event) => metadataOf(event).authn.how !== 'internal')) over.abort();
      }
    } finally {
      await store.close();
    }
  }

  it(
    'F1: lead-api killed -9 between append and answer does each command once',
    async () => {
      const kills = faultCount(2);
      await trial.underLoad(`F1: lead-api killed -9 between append and answer ${kills} times`, async () => {
        for (let n = 0; n < kills; n += 1) {
          await chain.whenAnswered(randomInt(20, 60));
          // The events' types stand in the clear on the wire; where no proxy can stand, the moment is any.
          const api = chain.toStore?.api;
          if (api) await nextByPeople(() => api.muteAfter('LeadCreated.v1'));
          await chain.kill('lead-api');
          await chain.toStore?.api.become('through');
          await chain.start('lead-api');
        }
      });
    },
    LONGEST_MS,
  );

  it(
    'F3: team-views killed -9 inside a transaction, and between commit and answer, has each event once',
    async () => {
      const kills = faultCount(2);
      await trial.underLoad(
        `F3: team-views killed -9 inside a transaction and after its commit ${kills} times`,
        async () => {
          for (let n = 0; n < kills; n += 1) {
            await chain.whenAnswered(randomInt(10, 30));
            if (n % 2 === 0) await killInsideTransaction();
            else {
              // The server commits; the process never hears of it, nor does the feed.
              await chain.toViews.muteAfter('commit');
              await Promise.all([chain.kill('team-views 1'), chain.kill('team-views 2')]);
              await chain.toViews.become('through');
            }
            await Promise.all([chain.start('team-views 1'), chain.start('team-views 2')]);
          }
        },
      );
    },
    LONGEST_MS,
  );

  /** Rows are written, the progress cannot be: there both processes are killed. */
  async function killInsideTransaction(): Promise<void> {
    await onPostgres(chain.services.database, async (client) => {
      await client.query('begin');
      await client.query('lock table baton_views.projection_progress in exclusive mode');
      const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and query like '%projection_progress%'`;
      while ((await client.query(waits)).rowCount === 0) {
        // Within a transaction the server shows what others do as it was at the first look, for ever.
        await client.query('select pg_stat_clear_snapshot()');
        await soon();
      }
      await Promise.all([chain.kill('team-views 1'), chain.kill('team-views 2')]);
      await client.query('rollback');
    });
  }

  it(
    'F4: every process killed -9 at random, again and again, loses and doubles nothing',
    async () => {
      const { double } = chain.services.store;
      const others = double ? ['Kafka', 'the event store'] : ['Kafka'];
      const victims = [...SLOTS, ...others];
      const kills = faultCount(victims.length);
      const order = Array.from({ length: kills }, (_, n) => victims[(n * 3 + randomInt(0, 2)) % victims.length]!);
      await trial.underLoad(`F4: ${kills} processes killed -9 at random (${victims.join(', ')})`, async () => {
        for (const victim of order) {
          await chain.whenAnswered(randomInt(10, 60));
          if (victim === 'Kafka') {
            await chain.services.broker.server.end('SIGKILL');
            await chain.services.broker.server.start();
          } else if (victim === 'the event store') {
            double?.stop();
            await double?.listen();
          } else await chain.restart(victim as Slot);
        }
      });
    },
    LONGEST_MS,
  );

  it(
    'F17: services replaced one by one, of a program with a newer view, go on as if nothing had been',
    async () => {
      const rounds = faultCount(1);
      newer = await withNewerView('lead-card');
      const { bundle } = newer;
      await trial.underLoad(
        `F17: every service replaced by its next ${rounds} times, a view of a newer version`,
        async () => {
          for (let round = 0; round < rounds; round += 1) {
            for (const slot of SLOTS) {
              await chain.whenAnswered(randomInt(5, 20));
              await chain.restart(slot, 'SIGTERM', bundle);
            }
          }
        },
      );
    },
    // A round replaces each of them.
    LONGEST_MS + faultCount(0) * SLOTS.length * 20_000,
  );

  it(
    'V10: memory and handles stay bounded while the broker is killed -9 and started again under load',
    async () => {
      const kills = faultCount(1);
      const { server } = chain.services.broker;
      const uses = (): Promise<Use[]> => Promise.all(SLOTS.map((slot) => useOf(chain.process(slot).pid)));
      const before = await uses();
      await trial.underLoad(`V10: the broker killed -9 under load ${kills} times`, async () => {
        for (let n = 0; n < kills; n += 1) {
          await chain.whenAnswered(randomInt(20, 60));
          await server.end('SIGKILL');
          await server.start();
        }
        return undefined;
      });
      const after = await uses();
      process.stderr.write(
        `V10: MB and handles of ${SLOTS.join(', ')}: ${told(before)} before, ${told(after)} after\n`,
      );
      for (const [n, { megabytes, handles }] of after.entries()) {
        expect(megabytes).toBeLessThan(MOST_MEGABYTES);
        expect(handles).toBeLessThan((before[n]?.handles ?? 0) + MORE_HANDLES);
      }
    },
    LONGEST_MS,
  );
});

const told = (uses: readonly Use[]): string =>
  uses.map(({ megabytes, handles }) => `${megabytes}/${handles}`).join(' ');
