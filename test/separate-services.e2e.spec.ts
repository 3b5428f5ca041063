import { describeWithKafka } from '../libs/kafka-client/kafka-broker.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, goodLead, signPolicy } from './people.spec-kit.js';
import { startServices } from './separate-services.spec-kit.js';
import { until } from './until.spec-kit.js';

const LONGEST_MS = 180_000;

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
      const { lead } = await new LeadLife({ as: command }).create(goodLead());
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
      for (const one of running) one.kill('SIGTERM');
      expect(await Promise.all(running.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
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
