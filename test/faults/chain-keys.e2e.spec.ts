import { mkdtempSync, readFileSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSubject } from '../../libs/erasure/data-subjects.js';
import type { Problem } from '../../libs/http-kit/problem.js';
import type { ReadinessReport } from '../../libs/http-kit/readiness.js';
import { describeWithKafka } from '../../libs/kafka-client/kafka-broker.spec-kit.js';
import type { LeadAnswer } from '../../libs/lead-commands/http/command-answer.dto.js';
import { startPostgres, UNSYNCED } from '../../tools/postgres/start-postgres.mjs';
import { CHECKED, newAddress } from '../erasure.spec-kit.js';
import { formTeams, newLead } from '../people.spec-kit.js';
import { startServices, type ServiceProcess, type Services } from '../separate-services.spec-kit.js';
import { until } from '../until.spec-kit.js';

const LONGEST_MS = 400_000;
/** Other processes may hold a key for a minute, so it takes longer than CI has: npm run faults. */
const isLong = Number(process.env.BATON_FAULTS ?? 6) > 6;

(isLong ? describeWithKafka : describe.skip)('The store of keys in PostgreSQL', () => {
  const directory = mkdtempSync(join(tmpdir(), 'baton-keys-pg-'));
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let services: Services;
  let api: ServiceProcess;
  let as: ReturnType<Services['clientsOf']>;
  beforeAll(async () => {
    await chmod(directory, 0o711);
    postgres = await startPostgres(join(directory, 'data'), UNSYNCED);
    services = await startServices({ postgres: postgres.url });
    const started = (['team-views', 'lead-api', 'lead-routing', 'event-relay'] as const).map((name) =>
      services.start(name),
    );
    await Promise.all(started.map(({ url }) => url));
    api = started[1]!;
    as = services.clientsOf(await api.url);
    await formTeams(as, ['north-marketing']);
  }, LONGEST_MS);
  afterAll(async () => {
    await services.dispose();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const killed = (): void => {
    const [pid = ''] = readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
  };
  /** What a server that was killed leaves behind takes a moment to go. */
  const startAgain = (): Promise<boolean> =>
    until(
      () =>
        postgres.start().then(
          () => true,
          () => false,
        ),
      (isUp) => isUp,
      'PostgreSQL to start again',
      60_000,
    );
  const readiness = async (): Promise<ReadinessReport> =>
    (await (await fetch(`${await api.url}/readyz`)).json()) as ReadinessReport;

  it(
    'killed -9 under an erasure and commands: they are refused or done, readiness names it, and all goes on by itself',
    async () => {
      const email = newAddress();
      const { lead } = await as('maria').done<LeadAnswer>('/leads', newLead({ details: { email } }));
      const { contact } = await as('maria').read<{ contact: string }>(`/leads/${lead}`);
      await as('pia').done(`/data-subjects/${contact}/erasure`, { reason: 'data-subject-request' });
      await as('root').done(`/data-subjects/${contact}/erasure/approval`, CHECKED);
      killed();

      const late = newLead({ details: { email: newAddress() } });
      const create = (key: string) => as('maria').post<LeadAnswer & Problem>('/leads', late, { key });
      const refused = await until(
        () => create('while-away'),
        ({ status }) => status >= 400,
        'a create to be refused',
        60_000,
      );
      expect(refused).toMatchObject({ status: 503, body: { type: 'urn:baton:problem:overloaded' } });
      const unready = await until(readiness, ({ checks }) => checks.keys !== 'ok', 'the keys to be missed', 60_000);
      expect(unready).toMatchObject({ ready: false, checks: { 'event-store': 'ok' } });
      expect((await as('pia').get(`/data-subjects/${contact}/receipts`)).status).toBe(200);

      await startAgain();
      await until(readiness, ({ ready }) => ready, 'lead-api to be ready', 60_000);
      const done = await create('while-away');
      expect(done.status).toBe(201);
      expect((await create('while-away')).body).toMatchObject({ lead: done.body.lead, repeated: true });
      const { receipts } = await until(
        () => as('pia').read<DataSubject>(`/data-subjects/${contact}`),
        ({ erasure }) => erasure?.stage === 'live',
        'the erasure to be live',
        200_000,
      );
      expect(receipts.filter(({ type }) => type === 'PersonalDataErased')).toHaveLength(1);
      expect((await as('maria').get(`/leads/${lead}/contact`)).text).toBe('{"details":"erased"}');
      process.stderr.write('F18: PostgreSQL killed -9 under an erasure: refused meanwhile, live afterwards\n');
    },
    LONGEST_MS,
  );
});
