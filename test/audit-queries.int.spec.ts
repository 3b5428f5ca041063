import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEventKeys } from '../libs/contracts/event-keys.js';
import { parseBundle } from '../libs/ownership-trail/bundle-format.js';
import { reportLead } from '../libs/ownership-trail/report/report-lead.js';
import { reportPage } from '../libs/ownership-trail/report/report-page.js';
import { parsePolicy } from '../libs/transparency-log/policy-file.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, signPolicy } from './people.spec-kit.js';

interface Interval {
  readonly role: string;
  readonly team: string;
  readonly person?: string;
  readonly since: string;
  readonly index: number;
  readonly revision: number;
  readonly ended?: { readonly index: number; readonly reason?: string };
}
interface Answer {
  readonly checkpoint: { readonly size: number; readonly note: string };
  readonly intervals: readonly (Interval & { readonly lead?: string })[];
  readonly changes: readonly { readonly index: number; readonly lead: string; readonly type: string }[];
  readonly owners: Readonly<Record<string, Interval>>;
  readonly next?: string;
}

let baton: TestBaton;
let lead: string;
let path: string;
let place: string;

beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  await signPolicy(baton.as);
  const worked = await new LeadLife(baton).workedBy('sven');
  await baton.as('sven').done(`/leads/${worked.lead}/lose`, { reason: 'other' });
  ({ lead } = worked);
  const { revision } = await baton.as('audrey').read<{ revision: number }>(`/leads/${lead}`);
  path = `/audit/leads/${lead}/ownership`;
  place = `${lead}@${revision}`;
});
afterAll(() => baton.stop());

const audrey = () => baton.as('audrey');

describe('who had a lead, by the sealed log over HTTP', () => {
  it('is told with leaves and a checkpoint that was published, once the revision is sealed', async () => {
    const answer = await audrey().get<Answer>(`${path}?after=${place}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const { checkpoint, intervals } = answer.body;
    const kept = await baton.nobody.get(`/audit/checkpoints/${checkpoint.size}`);
    expect(kept.text).toBe(checkpoint.note);
    const worker = intervals.find(({ role }) => role === 'worker');
    expect(worker).toMatchObject({ team: 'north-sales', person: 'sven' });
    expect(intervals.every(({ index }) => index < checkpoint.size)).toBe(true);
    expect(answer.text).not.toMatch(/@example|details|pii/);
  });

  it('is proven by a bundle of the lead', async () => {
    const answer = await audrey().get(`/audit/leads/${lead}/proof?after=${place}`);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const bundle = parseBundle(Buffer.from(answer.text));
    if (!bundle.ok) throw new Error(bundle.problem);
    const { changes } = await audrey().read<Answer>(`/audit/changes?lead=${lead}`);
    const indexes = bundle.value.leaves.map(({ index }) => index);
    expect(indexes).toEqual(expect.arrayContaining(changes.map(({ index }) => index)));
    expect(indexes).toHaveLength(Number(place.split('@')[1]) + 1);
  });

  it('is told by a report that checks its proof, with what the API answers', async () => {
    const { text } = await audrey().get(`/audit/leads/${lead}/proof?after=${place}`);
    const policy = parsePolicy(await readFile(join(baton.dataDir, 'trail.policy')));
    const eventKeys = parseEventKeys(Buffer.from((await baton.nobody.get('/audit/event-keys')).text));
    if (!policy.ok || !eventKeys.ok) throw new Error('the log says no policy or no keys');
    const told = await reportLead(lead, text, { policy: policy.value, eventKeys: eventKeys.value });
    if (!told.ok) throw new Error(told.problem);
    // Nobody vouches for this log, and that is all that is in doubt.
    expect(told.value.checked).toMatchObject({ verdict: 'incomplete' });
    const { intervals } = await audrey().read<Answer>(path);
    const { changes } = await audrey().read<Answer>(`/audit/changes?lead=${lead}`);
    const page = reportPage({
      subject: { kind: 'lead', lead },
      period: {},
      madeAt: new Date().toISOString(),
      source: baton.url,
      leads: [told.value],
      checkpoint: told.value.checkpoint,
      checkedBy: { policy: 'p', eventKeys: 'k' },
    });
    const [had = '', changed = ''] = page.split('<tbody>').slice(1);
    expect(had.slice(0, had.indexOf('</tbody>')).match(/<tr>/g)).toHaveLength(intervals.length);
    const leaves = [...changed.slice(0, changed.indexOf('</tbody>')).matchAll(/id="leaf-(\d+)"/g)];
    expect(leaves.map(([, index]) => Number(index))).toEqual(changes.map(({ index }) => index));
    for (const { index, ended } of intervals) {
      expect(had).toContain(`leaf ${index}<`);
      if (ended) expect(had).toContain(`leaf ${ended.index}<`);
      if (ended?.reason !== undefined) expect(had).toContain(ended.reason);
    }
    const other = await reportLead('00000000-0000-8000-8000-000000000000', text, undefined);
    expect(other).toEqual({ ok: false, problem: 'bundle: is of another stream' });
  });

  it('is the same at an instant as the views say', async () => {
    const at = new Date().toISOString();
    for (const as of ['happened', 'known']) {
      const query = `at=${at}&as=${as}&after=${place}`;
      const sealed = await audrey().read<Answer>(`${path}?${query}`);
      const viewed = await audrey().read<Answer>(`/leads/${lead}/owners?${query}`);
      const brief = ({ owners }: Answer) =>
        Object.values(owners)
          .map(({ role, team, person, since, revision }) => ({ role, team, person, since, revision }))
          .sort((a, b) => (a.role < b.role ? -1 : 1));
      expect(brief(sealed)).toEqual(brief(viewed));
    }
  });

  it('comes page by page, as do what a team held and what somebody changed', async () => {
    for (const [asked, rows] of [
      [path, (answer: Answer) => answer.intervals],
      ['/audit/ownership?team=north-sales', (answer: Answer) => answer.intervals],
      [`/audit/changes?lead=${lead}`, (answer: Answer) => answer.changes],
    ] as const) {
      const with_ = (more: string) => `${asked}${asked.includes('?') ? '&' : '?'}${more}`;
      const whole = await audrey().read<Answer>(with_(`after=${place}`));
      const pages: unknown[] = [];
      for (let cursor = ''; ;) {
        const page = await audrey().read<Answer>(with_(`limit=1${cursor && `&cursor=${cursor}`}`));
        pages.push(...rows(page));
        if (page.next === undefined) break;
        cursor = page.next;
      }
      expect(pages).toEqual(rows(whole));
      expect(pages.length).toBeGreaterThan(1);
    }
    const { changes } = await audrey().read<Answer>('/audit/changes?actor=sven');
    expect(changes.map(({ type }) => type)).toEqual(expect.arrayContaining(['HandoffAccepted.v1', 'LeadLost.v1']));
  });

  it('names the field and the rule of a question that is none', async () => {
    const none = '00000000-0000-8000-8000-000000000000';
    for (const [asked, field] of [
      [`${path}?as=known`, 'as'],
      [`${path}?at=yesterday`, 'at'],
      [`${path}?cursor=WzEsIngiXQ`, 'cursor'],
      ['/audit/ownership', 'team'],
      ['/audit/ownership?team=a@b', 'team'],
      ['/audit/changes?limit=0', 'limit'],
      ['/audit/changes', 'actor'],
    ] as const) {
      const { status, body } = await audrey().get<{ errors: { field: string }[] }>(asked);
      expect({ asked, status, field: body.errors[0]?.field }).toEqual({ asked, status: 400, field });
    }
    expect((await audrey().get(`/audit/leads/${none}/ownership`)).status).toBe(404);
  });
});
