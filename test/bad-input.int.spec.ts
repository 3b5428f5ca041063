import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView, TimelineView } from '../libs/lead-commands/http/lead-view.js';
import type { RowVerdict } from '../libs/lead-commands/http/batch-creation.js';
import type { Problem } from '../libs/http-kit/problem.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import type { Answer } from './client.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, newLead, POLICY, signPolicy } from './people.spec-kit.js';

let baton: TestBaton;
let captured: LeadAnswer;
let worked: LeadView;

beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  await signPolicy(baton.as);
  const life = new LeadLife(baton);
  worked = await life.workedBy('sven');
  captured = await life.create(newLead());
});
afterAll(() => baton.stop());

/** What is refused leaves no trace. */
async function withoutTrace<T>(act: () => Promise<T>): Promise<T> {
  const before = await baton.store.head();
  const result = await act();
  expect(await baton.store.head()).toBe(before);
  return result;
}

const errorsOf = ({ body }: Answer<Problem>) => body.errors ?? [];
const create = (body: object) => baton.as('maria').post<Problem>('/leads', body);
const sendCreate = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  baton.as('maria').send<Problem>('POST', '/leads', body, { headers });

describe('A body that is not as it should be', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

  it.each<[string, object, string, RegExp]>([
    ['a wrong type', { source: 7 }, '/source', /code/],
    ['a wrong type deep inside', { details: { email: ['a@b.example'] } }, '/details/email', /string/],
    ['null for an object', { profile: [] }, '/profile', /object/],
    ['a missing field', { topic: undefined }, '/topic', /code/],
    ['a missing object', { steward: undefined }, '/steward', /^is required$/],
    ['an unknown field', { state: 'won' }, '/state', /not a known member/],
    ['an unknown field deep inside', { steward: { team: 'north-marketing', boss: 'x' } }, '/steward/boss', /known/],
    ['fields that only the server sets', { lead: randomUUID(), contact: randomUUID() }, '/lead', /known/],
    ['an over-long string', { details: { name: 'n'.repeat(201) } }, '/details/name', /200/],
    ['an over-long code', { source: 's'.repeat(65) }, '/source', /64/],
    ['too many behaviours', { behaviours: Array.from({ length: 51 }, () => 'x') }, '/behaviours', /50/],
    ['a band that is none', { profile: { companySizeBand: '7' } }, '/profile/companySizeBand', /one of/],
    ['an e-mail address for a person', { steward: { team: 'n', person: 'a@b.example' } }, '/steward/person', /opaque/],
    ['what is no e-mail address', { details: { email: 'ada at home' } }, '/details/email', /an e-mail address/],
    ['two of them in one', { details: { email: 'a@b.example c@d.example' } }, '/details/email', /an e-mail address/],
    ['what is no telephone number', { details: { phone: 'call me' } }, '/details/phone', /5 to 15 digits/],
    ['a placeholder for one', { details: { phone: '000-000-000' } }, '/details/phone', /not all the same/],
    ['year 0', { occurredAt: '0000-01-01T00:00:00Z' }, '/occurredAt', /2000 to 2199/],
    ['30 February', { occurredAt: '2024-02-30T10:00:00Z' }, '/occurredAt', /ISO 8601/],
    ['a time without zone', { occurredAt: '2024-02-01T10:00:00' }, '/occurredAt', /zone/],
    ['a time as a number', { occurredAt: 1_700_000_000 }, '/occurredAt', /ISO 8601/],
  ])('%s: 400, with field and rule', async (_, change, field, rule) => {
    const answer = await withoutTrace(() => create(newLead(change)));
    expect(answer.status).toBe(400);
    expect(errorsOf(answer)).toContainEqual({ field, rule: expect.stringMatching(rule) as string });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"source":', /JSON/],
    ['no object', '[]', /./],
    ['a text', '"lead"', /./],
    ['JSON nested 10,000 deep', nested(10_000), /deep|nest/],
    ['__proto__', '{"__proto__":{"isAdmin":true},"source":"x"}', /never accepted|known|name/],
    ['constructor deep inside', '{"details":{"constructor":{"prototype":{}}}}', /never accepted|known|name/],
    ['duplicate keys', '{"source":"a","source":"b"}', /twice|duplicate|repeat|once/],
    ['duplicate keys, one of them written with escapes', '{"source":"a","s\\u006furce":"b"}', /twice|repeat|once/],
    ['a lone surrogate', '{"source":"\\ud800"}', /./],
  ])('%s: 400, with the rule', async (_, body, rule) => {
    const answer = await withoutTrace(() => sendCreate(body));
    expect(answer.status).toBe(400);
    expect(errorsOf(answer)[0]?.rule).toMatch(rule);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('says of each member what to mend, and nothing besides', async () => {
    const rulesOf = async (body: object) =>
      Object.fromEntries(errorsOf(await withoutTrace(() => create(body))).map(({ field, rule }) => [field, rule]));
    const code = expect.stringMatching(/^must be a code/) as string;
    expect(await rulesOf({ source: 5, topic: [], steward: 'maria' })).toEqual({
      '/source': code,
      '/topic': code,
      '/steward': 'must be an object',
    });
    expect(await rulesOf({ source: 'email' })).toEqual({ '/topic': code, '/steward': 'is required' });
    const win = await baton
      .as('sven')
      .refused(400, `/leads/${worked.lead}/win`, { value: { amount: '9', currency: 'eur' } });
    expect(win.errors).toEqual([{ field: '/value/amount', rule: 'must be a number' }]);
  });

  it('takes no body over the limit, none compressed, none of another type', async () => {
    const large = JSON.stringify(newLead({ details: { name: 'n'.repeat(1024 * 1024) } }));
    expect((await withoutTrace(() => sendCreate(large))).status).toBe(413);
    const manyKeys = `{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":1`).join()}}`;
    expect((await withoutTrace(() => sendCreate(manyKeys))).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024));
    expect((await withoutTrace(() => sendCreate(bomb, { 'content-encoding': 'gzip' }))).status).toBe(415);
    expect((await withoutTrace(() => sendCreate('a=b', { 'content-type': 'text/plain' }))).status).toBe(415);
  });

  it('takes no heap of headers', async () => {
    const headers = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`x-${n}`, '1']));
    expect((await withoutTrace(() => sendCreate('{}', headers))).status).toBe(431);
  });

  it('refuses a time in the future', async () => {
    const future = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await withoutTrace(() => create(newLead({ occurredAt: future })));
    expect(answer.status).toBe(422);
    expect(errorsOf(answer)).toEqual([{ field: '/occurredAt', rule: 'must not be in the future' }]);
  });

  it('judges the rows of a batch one by one, and the batch as a whole', async () => {
    const { as } = baton;
    const rows = [newLead(), newLead({ source: 7 }), { x: 1 }, newLead({ steward: { team: 'none' } })];
    const { verdicts } = await as('maria').done<{ verdicts: RowVerdict[] }>('/leads/batch', { leads: rows });
    expect(verdicts.map(({ status, problem }) => [status, problem?.status])).toEqual([
      ['created', undefined],
      ['refused', 400],
      ['refused', 400],
      ['refused', 403],
    ]);
    expect(verdicts[1]!.problem!.errors).toMatchObject([{ field: '/source' }]);
    for (const leads of [[], Array.from({ length: 501 }, () => newLead()), [7], 'x']) {
      const problem = await withoutTrace(() => as('maria').refused(400, '/leads/batch', { leads }));
      expect(problem.errors![0]!.field).toMatch(/^\/leads/);
    }
  });

  it('keeps every text as it was sent, whatever it would be elsewhere', async () => {
    const { lead } = captured;
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom("'; DROP TABLE event; --", '=cmd|/C calc', '\r\nSet-Cookie: a=b', '{"level":"fatal"}\n{"x":1}'),
    );
    await fc.assert(
      fc.asyncProperty(text, async (note) => {
        const interest = { source: 'email', topic: 'robots', note };
        const { revision } = await baton.as('maria').done<LeadAnswer>(`/leads/${lead}/record-interest`, interest);
        const { events } = await baton.as('maria').read<TimelineView>(`/leads/${lead}/timeline?limit=500`);
        const [said] = events.filter((event) => event.type === 'InterestRecorded').slice(-1);
        expect(said!.personal).toEqual({ note });
        expect(said!.revision).toBeLessThanOrEqual(revision);
      }),
      { numRuns: 40 },
    );
    for (const line of baton.log().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ service: 'baton' });
  });
});

describe('A query that is not as it should be', () => {
  it.each<[string, string, string]>([
    ['an unknown parameter', '/leads?teem=x', 'teem'],
    ['an unknown parameter where none is known', '/teams?dryRun=true', 'dryRun'],
    ['a repeated parameter', '/leads?source=a&source=b', 'source'],
    ['a limit that is no whole number', '/leads?limit=0x10', 'limit'],
    ['a limit over the most', '/leads?limit=501', 'limit'],
    ['a cursor that no page gave', '/leads?cursor=WzFd', 'cursor'],
    ['a place that is none', '/leads?after=x@1', 'after'],
    ['a revision below 0', `/leads/${randomUUID()}?revision=-1`, 'revision'],
    ['a time that is none', `/leads/${randomUUID()}?at=yesterday`, 'at'],
    ['a way of looking without a time', `/leads/${randomUUID()}?as=known`, 'as'],
    ['a name that reaches a prototype', '/leads?__proto__=1', '__proto__'],
    ['a state that no lead can be in', '/leads?state=lost,pending', 'state'],
    ['a state that no lead is seen in', '/boards/marketing?state=uncreated', 'state'],
    ['an id that is none', '/leads/lead-1', 'id'],
    ['a stream for a team', '/teams/a%2F..%2Fb', 'id'],
  ])('%s: 400, with the name and where it stands', async (_, path, field) => {
    const answer = await baton.as('maria').get<Problem>(path);
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 400 });
    expect(errorsOf(answer)).toContainEqual(
      expect.objectContaining({ field, in: expect.stringMatching(/query|path/) as string }),
    );
  });
});

it('A revision that is still to come is no state of a lead', async () => {
  const { lead, revision } = worked;
  expect(await baton.as('maria').read(`/leads/${lead}?revision=${revision}`)).toMatchObject({ revision });
  expect(await baton.as('maria').get(`/leads/${lead}?revision=${revision + 1}`)).toMatchObject({ status: 404 });
});

describe('A command at the wrong time', () => {
  it('is refused with the state and what it allows', async () => {
    const problem = await withoutTrace(() =>
      baton.as('sven').refused(409, `/leads/${worked.lead}/win`, { value: null }),
    );
    expect(problem).toMatchObject({
      type: 'urn:baton:problem:illegal-transition',
      state: 'working.attempting',
      allowed: expect.arrayContaining(['lose', 'recycle', 'contact']) as string[],
    });
    expect(problem.allowed).not.toContain('win');
  });

  it('is refused where the caller has seen another state, or none where one must be named', async () => {
    const reassign = { reason: 'workload', worker: { team: 'north-sales', person: 'sara' } };
    const stale = await withoutTrace(() =>
      baton.as('sam').post(`/leads/${worked.lead}/reassign`, reassign, { ifMatch: worked.revision - 1 }),
    );
    expect(stale.status).toBe(412);
    expect(stale.headers.get('etag')).toBe(`"${worked.revision}"`);
    const blind = await withoutTrace(() => baton.as('sam').refused(428, `/leads/${worked.lead}/reassign`, reassign));
    expect(blind.errors).toMatchObject([{ in: 'header', field: 'If-Match' }]);
    const into = { into: captured.lead };
    await withoutTrace(() => baton.as('mona').refused(428, `/leads/${worked.lead}/merge`, into));
    const malformed = await withoutTrace(() =>
      baton.as('mona').refused(400, `/leads/${worked.lead}/merge`, into, { ifMatch: 'W/"1"' }),
    );
    expect(malformed.errors).toMatchObject([{ in: 'header', field: 'If-Match' }]);
  });

  it('names a policy version that there is', async () => {
    const sign = { version: 99, contentHash: '0'.repeat(64) };
    const problem = await withoutTrace(() => baton.as('mona').refused(404, '/policies/default/sign', sign));
    expect(problem.detail).toMatch(/version/);
    const other = await baton.as('maria').done<{ version: number }>('/policies/other/propose', { content: POLICY });
    await withoutTrace(() =>
      baton.as('mona').refused(409, '/policies/other/sign', { ...sign, version: other.version }),
    );
  });

  it('proposes a policy that can be signed', async () => {
    const content = { threshold: 1, criteria: [{ id: 'x', attribute: 'shoe-size', rules: [] }] };
    const problem = await withoutTrace(() => baton.as('maria').refused(400, '/policies/default/propose', { content }));
    expect(problem.errors![0]).toMatchObject({ field: expect.stringMatching(/^\/content\/criteria/) as string });
    const past = { content: POLICY, validFrom: '2020-01-01T00:00:00Z' };
    const retroactive = await withoutTrace(() => baton.as('maria').refused(422, '/policies/default/propose', past));
    expect(retroactive.errors).toMatchObject([{ field: '/validFrom' }]);
  });
});

describe('An idempotency key', () => {
  it('is needed, once, and printable', async () => {
    for (const key of [null, 'k'.repeat(256), 'schlüssel']) {
      const problem = await withoutTrace(() => baton.as('maria').refused(400, '/leads', newLead(), { key }));
      expect(problem.errors).toMatchObject([{ in: 'header', field: 'Idempotency-Key' }]);
    }
  });

  it('is not used again with another body', async () => {
    const key = randomUUID();
    const first = await baton.as('maria').done<LeadAnswer>('/leads', newLead(), { key });
    const problem = await withoutTrace(() =>
      baton.as('maria').refused(422, '/leads', newLead({ topic: 'other' }), { key }),
    );
    expect(problem.type).toBe('urn:baton:problem:idempotency-key-reused');
    expect(problem.errors).toMatchObject([{ in: 'header', field: 'Idempotency-Key' }]);
    const again = await withoutTrace(() => baton.as('maria').done<LeadAnswer>('/leads', newLead(), { key }));
    expect(again).toEqual({ ...first, repeated: true });
  });

  it('is of one of two bodies where both are in flight', async () => {
    const key = randomUUID();
    const both = await Promise.all(
      ['a', 'b'].map((topic) => baton.as('maria').post('/leads', newLead({ topic }), { key })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 422]);
  });

  it('of another client is another command, and tells nothing of the first', async () => {
    const key = randomUUID();
    const [one, two] = [
      await baton.as('maria').done<LeadAnswer>('/leads', newLead(), { key }),
      await baton.as('max').done<LeadAnswer>('/leads', newLead({ topic: 'other' }), { key }),
    ];
    expect(two.lead).not.toBe(one.lead);
    expect(two.repeated).toBe(false);
  });
});
