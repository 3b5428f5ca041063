import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';

let baton: TestBaton;
let offset = 0;
beforeAll(async () => {
  baton = await startBaton({ clock: () => Date.now() + offset });
  await formTeams(baton.as);
});
afterAll(() => baton.stop());

const MONA = { steward: { team: 'north-marketing', person: 'mona' } };
const created = () => baton.as('mona').done<LeadAnswer>('/leads', newLead(MONA));

describe('A membership that ends', () => {
  it('ends what it allowed at once, and what was asked before and still waits tells nothing', async () => {
    const { lead, revision } = await created();
    const next = `${lead}@${revision + 1}`;
    expect((await baton.as('maria').get(`/leads/${lead}`)).status).toBe(200);
    const waiting = [
      baton.as('maria').get(`/leads/${lead}/card?after=${next}`),
      baton.as('maria').get(`/audit/leads/${lead}/ownership?after=${next}`),
    ];
    await baton.as('root').done('/teams/north-marketing/leave', { person: 'maria' });
    const after = ['', '/timeline', '/card', '/contact'].map((view) => baton.as('maria').get(`/leads/${lead}${view}`));
    expect((await Promise.all(after)).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    const command = await baton
      .as('maria')
      .post(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots' });
    expect(command.status).toBe(404);
    await baton.as('mona').done(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots' });
    // 503 where it came too late for the wait, which is some seconds at most.
    for (const { status } of await Promise.all(waiting)) expect([404, 503]).toContain(status);
  });
});

describe('A token that ends', () => {
  it('is refused from then on, though it was let through before; what it had asked for is still answered', async () => {
    const { lead, revision } = await created();
    const token = await baton.issuer.issue({ subject: 'audrey', roles: ['auditor'], lifetimeSeconds: 60 });
    const headers = { authorization: `Bearer ${token}` };
    const asked = async (query = '') => (await fetch(`${baton.url}/leads/${lead}/card${query}`, { headers })).status;
    expect(await asked(`?after=${lead}@${revision}`)).toBe(200);
    const waiting = asked(`?after=${lead}@${revision + 1}`);
    // Asked after it, and answered: the one that waits is in.
    expect(await asked()).toBe(200);
    offset = 120_000;
    expect(await asked()).toBe(401);
    await baton.as('mona').done(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots' });
    // A wait is at most some seconds long.
    expect([200, 503]).toContain(await waiting);
  });
});
