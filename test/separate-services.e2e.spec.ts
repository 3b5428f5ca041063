import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { everything } from '../libs/event-store/opened-store.spec-kit.js';
import { describeWithKafka } from '../libs/kafka-client/kafka-broker.spec-kit.js';
import { fsck } from '../libs/ownership-trail/fsck.js';
import { parsePolicy } from '../libs/transparency-log/policy-file.js';
import { found } from './canary.spec-kit.js';
import { eraseContact, subjectOf } from './erasure.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, goodLead, signPolicy } from './people.spec-kit.js';
import { startServices } from './separate-services.spec-kit.js';
import { sinksOf } from './services-sinks.spec-kit.js';
import { until } from './until.spec-kit.js';

const LONGEST_MS = 180_000;
const PERSON = {
  name: `canary${randomUUID()}`,
  email: `canary-${randomUUID()}@a.example`,
  note: `canary${randomUUID()}`,
};

type Services = Awaited<ReturnType<typeof startServices>>;
interface Card {
  readonly lead: string;
  readonly state: string;
  readonly revision: number;
}

describeWithKafka('Baton as separate services', () => {
  let services: Services;
  beforeAll(async () => {
    services = await startServices();
  }, LONGEST_MS);
  afterAll(() => services.dispose());

  it(
    'brings a lead from the command over store, relay, Kafka and PostgreSQL to its card, and hands it off by itself',
    async () => {
      const running = (['team-views', 'lead-api', 'lead-routing', 'event-relay'] as const).map((name) =>
        services.start(name),
      );
      const [views, api] = await Promise.all(running.map(({ url }) => url));
      const [command, query] = [services.clientsOf(api!), services.clientsOf(views!)];
      await formTeams(command);
      await signPolicy(command);
      const { lead } = await new LeadLife({ as: command }).create(goodLead({ details: PERSON }));
      const card = await until(
        () => query('ana').get<Card>(`/leads/${lead}/card`),
        ({ status, body }) => status === 200 && body.state === 'offered',
        'the card of the lead that was handed off',
        60_000,
      );
      const timeline = await command('ana').read<{ events: readonly { type: string }[] }>(`/leads/${lead}/timeline`);
      expect(timeline.events.map(({ type }) => type)).toEqual([
        'LeadCreated',
        'LeadScored',
        'LeadQualified',
        'LeadHandedOff',
      ]);
      expect(card.body.revision).toBe(3);
      const trail = services.start('audit-trail');
      const log = services.clientsOf(await trail.url);
      const store = await services.store.open();
      const events = await everything(store);
      await store.close();
      await until(
        () => log('ana').get('/audit/checkpoint'),
        ({ text }) => Number(text.split('\n')[1]) === events.length,
        'the checkpoint over every event',
        60_000,
      );
      expect((await log('ana').get('/readyz')).body).toMatchObject({ checks: { trail: 'ok' } });
      running.push(trail);
      // lead-api takes the order; from then on nothing is opened, and lead-routing does the rest, step by step.
      const { contact = '' } = await command('ana').read<{ contact?: string }>(`/leads/${lead}`);
      expect((await command('maria').read<{ details: unknown }>(`/leads/${lead}/contact`)).details).not.toBe('erased');
      await eraseContact(command, contact);
      expect(await command('maria').read(`/leads/${lead}/contact`)).toEqual({ details: 'erased' });
      await until(
        () => subjectOf(command, contact),
        ({ erasure }) => erasure?.done[contact]?.includes('keys') === true,
        'the erasure of the keys by lead-routing',
        60_000,
      );
      for (const one of running) one.kill('SIGTERM');
      expect(await Promise.all(running.map(({ ended }) => ended))).toEqual([0, 0, 0, 0, 0]);
      const sinks = await sinksOf(services);
      expect(found(Object.values(PERSON), sinks)).toEqual([]);
      // It is looked where the services write: the lead itself stands in the topics and in the database.
      const where = found([lead], sinks).join();
      for (const sink of ['kafka', 'base/', 'trail/tile/entries']) expect(where).toContain(sink);
      const policy = parsePolicy(readFileSync(join(services.directory, 'trail.policy')));
      if (!policy.ok) throw new Error(policy.problem);
      const { size, rule } = await fsck(join(services.directory, 'trail'), { policy: policy.value });
      expect(size).toBeGreaterThanOrEqual(events.length);
      expect(rule).toBe('unwitnessed: the policy asks for no quorum');
    },
    LONGEST_MS,
  );

  it('says in a line for each what is missing, and does not start', async () => {
    const started = services.start('lead-api', { BATON_EVENT_STORE: '', BATON_DATABASE: '' });
    await expect(started.url).rejects.toThrow('ended before it listened');
    expect(await started.ended).toBe(1);
    expect(started.lines).toEqual([
      expect.stringMatching(/^lead-api does not start: BATON_EVENT_STORE must be set: /),
      expect.stringMatching(/^lead-api does not start: BATON_DATABASE must be set: /),
    ]);
  });
});
