import { randomUUID } from 'node:crypto';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
});
afterAll(() => baton.stop());

const looksAt = (lead: string): object[] =>
  baton
    .log()
    .split('\n')
    .filter((line) => line.includes('personal data read') && line.includes(lead))
    .map((line) => JSON.parse(line) as object);

it('Each look at the person behind a lead is logged with who looked, never with what was seen', async () => {
  const details = { name: 'Ada Example', email: 'ada@example.com' };
  const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details }));
  expect(looksAt(lead)).toEqual([]);
  expect(await baton.as('maria').read(`/leads/${lead}/contact`)).toEqual({ details });
  expect(looksAt(lead)).toEqual([expect.objectContaining({ lead, subject: 'maria' })]);
  expect(baton.log()).not.toMatch(/ada@example|Ada Example/);
});

it('Who reads the lead but not the person is told so, whether the lead exists or not, and nothing is logged as read', async () => {
  const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details: { name: 'Bo Example' } }));
  for (const reader of ['ana', 'audrey', 'ida']) {
    expect((await baton.as(reader).get(`/leads/${lead}`)).status).toBe(200);
    for (const asked of [lead, randomUUID()]) {
      const { status, body } = await baton.as(reader).get(`/leads/${asked}/contact`);
      expect({ status, detail: body['detail'] }).toEqual({
        status: 403,
        detail: 'the person behind a lead is not for your role',
      });
    }
  }
  expect(looksAt(lead)).toEqual([]);
});
