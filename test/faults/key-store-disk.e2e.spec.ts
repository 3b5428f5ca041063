import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '../../libs/http-kit/problem.js';
import type { ReadinessReport } from '../../libs/http-kit/readiness.js';
import type { LeadAnswer } from '../../libs/lead-commands/http/command-answer.dto.js';
import { CHECKED, newAddress, subjectOf } from '../erasure.spec-kit.js';
import { showLead } from '../lead-life.spec-kit.js';
import { formTeams, newLead } from '../people.spec-kit.js';
import { SpawnedBaton } from '../spawned-baton.spec-kit.js';
import { until } from '../until.spec-kit.js';
import { SmallDisk } from './small-disk.spec-kit.js';

const LONGEST_MS = 120_000;
const DISK_MB = 8;

describe('the store of keys on a disk of its own, without room', () => {
  let disk: SmallDisk | undefined;
  let folder: string;
  let baton: SpawnedBaton;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-keys-'));
    disk = await SmallDisk.mount(DISK_MB);
    if (!disk) return;
    await mkdir(join(folder, 'data'), { mode: 0o700 });
    await symlink(join(disk.folder, 'contacts.sqlite'), join(folder, 'data', 'contacts.sqlite'));
    baton = await SpawnedBaton.start(join(folder, 'data'));
    await formTeams(baton.as, ['north-marketing']);
  });
  afterAll(async () => {
    if (disk) {
      baton.kill('SIGKILL');
      await baton.ended;
      await disk.unmount();
    }
    await rm(folder, { recursive: true });
  });

  const readiness = async (): Promise<ReadinessReport> =>
    (await (await fetch(`${baton.url}/readyz`)).json()) as ReadinessReport;
  const create = (key: string, email: string) =>
    baton.as('maria').post<LeadAnswer & Problem>('/leads', newLead({ details: { email } }), { key });

  it(
    'F18: stops what needs a key and nothing else, does no erasure by halves, says so, and goes on by itself',
    async () => {
      if (!disk) return;
      const details = { email: newAddress(), name: 'Grace' };
      const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details }));
      const contact = (await showLead(baton, lead)).contact!;
      await baton.as('pia').done(`/data-subjects/${contact}/erasure`, { reason: 'data-subject-request' });

      await disk.fill();
      const late = newAddress();
      const refused = await until(
        () => create('late', late),
        ({ status }) => status >= 400,
        'a create to be refused',
      );
      expect(refused).toMatchObject({ status: 503, body: { type: 'urn:baton:problem:overloaded' } });
      expect(refused.body.detail).toMatch(/^The store of keys cannot work just now/);
      const unready = await until(readiness, ({ ready }) => !ready, 'it to be unready');
      expect(unready.checks.keys).toMatch(/^the key store answers SQLITE_FULL/);
      expect(unready.checks['event-store']).toBe('ok');

      // The approval may be in the log; the person is either whole or, once there is room, gone.
      const approve = () =>
        baton.as('root').post(`/data-subjects/${contact}/erasure/approval`, CHECKED, { key: 'approval' });
      expect((await approve()).status).toBe(503);
      expect((await subjectOf(baton.as, contact)).erasure?.stage).not.toBe('live');
      expect((await baton.as('maria').get(`/leads/${lead}`)).status).toBe(200);
      expect((await baton.as('maria').post(`/leads/${lead}/record-interest`, INTEREST)).status).toBe(200);

      await disk.empty();
      await until(readiness, ({ ready }) => ready, 'it to be ready', 60_000);
      await until(
        () => subjectOf(baton.as, contact),
        ({ erasure }) => erasure?.stage === 'live',
        'the erasure to be live',
        60_000,
      );
      expect(await baton.as('maria').read(`/leads/${lead}/contact`)).toEqual({ details: 'erased' });
      expect((await approve()).status).toBe(202);
      const done = await create('late', late);
      expect(done.status).toBe(201);
      expect((await create('late', late)).body).toMatchObject({ lead: done.body.lead, repeated: true });
      expect((await baton.as('maria').get(`/leads/${done.body.lead}/contact`)).text).toContain(late);
    },
    LONGEST_MS,
  );
});

const INTEREST = { source: 'email', topic: 'robots' };
