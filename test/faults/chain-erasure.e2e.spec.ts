import { randomUUID } from 'node:crypto';
import { describeWithKafka } from '../../libs/kafka-client/kafka-broker.spec-kit.js';
import type { LeadAnswer } from '../../libs/lead-commands/http/command-answer.dto.js';
import { found } from '../canary.spec-kit.js';
import { eraseContact } from '../erasure.spec-kit.js';
import type { DataSubject } from '../../libs/erasure/data-subjects.js';
import { formTeams, newLead } from '../people.spec-kit.js';
import { startServices, type Services } from '../separate-services.spec-kit.js';
import { sinksOf } from '../services-sinks.spec-kit.js';
import { until } from '../until.spec-kit.js';

const LONGEST_MS = 300_000;
/** Keys may be remembered for a minute by another process, so it takes longer than CI has: npm run faults. */
const isLong = Number(process.env.BATON_FAULTS ?? 6) > 6;
const PERSON = {
  name: `canary${randomUUID()}`,
  email: `canary-${randomUUID()}@a.example`,
  note: `canary${randomUUID()}`,
};
const canaries = Object.values(PERSON);

(isLong ? describeWithKafka : describe.skip)('Separate services', () => {
  let services: Services;
  let command: ReturnType<Services['clientsOf']>;
  let query: typeof command;
  beforeAll(async () => {
    services = await startServices();
    const started = (['team-views', 'lead-api', 'lead-routing', 'event-relay', 'audit-trail'] as const).map((name) =>
      services.start(name),
    );
    const [views, api] = await Promise.all(started.map(({ url }) => url));
    [command, query] = [services.clientsOf(api!), services.clientsOf(views!)];
    await formTeams(command);
  }, LONGEST_MS);
  afterAll(() => services.dispose());

  it(
    'erase a person in all of them, though lead-routing is killed on the way, and leave them in no topic, table or file',
    async () => {
      const { lead } = await command('maria').done<LeadAnswer>('/leads', newLead({ details: PERSON }));
      const { contact } = await command('maria').read<{ contact: string }>(`/leads/${lead}`);
      const card = () => query('maria').get(`/leads/${lead}/card`);
      await until(card, ({ status }) => status === 200, 'the card', 60_000);
      expect((await command('maria').get(`/leads/${lead}/contact`)).text).toContain(PERSON.email);
      expect(found(canaries, await sinksOf(services))).toEqual([]);

      await eraseContact(command, contact);
      const routing = services.processes.find(({ name }) => name === 'lead-routing')!;
      routing.kill('SIGKILL');
      await routing.ended;
      expect((await command('maria').get(`/leads/${lead}/contact`)).text).toBe('{"details":"erased"}');
      services.start('lead-routing');
      const { receipts } = await until(
        () => command('pia').read<DataSubject>(`/data-subjects/${contact}`),
        ({ erasure }) => erasure?.stage === 'live',
        'the erasure to be live',
        200_000,
      );
      expect(receipts.at(-1)?.type).toBe('PersonalDataErased');
      const { state } = await command('ana').read<{ state: string }>(`/leads/${lead}`);
      expect(state).toBe('disqualified');
      const again = await command('maria').done<LeadAnswer>('/leads', newLead({ details: { email: PERSON.email } }));
      expect((await command('maria').read<{ contact: string }>(`/leads/${again.lead}`)).contact).not.toBe(contact);
      const sinks = await sinksOf(services);
      expect(found(canaries, sinks)).toEqual([]);
      expect(found([lead], sinks).length).toBeGreaterThan(2);
    },
    LONGEST_MS,
  );

  it(
    'end what a membership allowed within a minute of its end, whichever of them is asked',
    async () => {
      const { lead } = await command('maria').done<LeadAnswer>('/leads', newLead());
      const ways = [() => query('maria').get(`/leads/${lead}/card`), () => command('maria').get(`/leads/${lead}`)];
      for (const way of ways) await until(way, ({ status }) => status === 200, 'the lead is read', 60_000);
      await command('root').done('/teams/north-marketing/leave', { person: 'maria' });
      const ended = performance.now();
      for (const way of ways) await until(way, ({ status }) => status === 404, 'the lead is out of sight', 60_000);
      expect(performance.now() - ended).toBeLessThan(60_000);
      const refused = await command('maria').post(`/leads/${lead}/record-interest`, {
        source: 'email',
        topic: 'robots',
      });
      expect(refused.status).toBe(404);
    },
    LONGEST_MS,
  );
});
