import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife, reached } from './lead-life.spec-kit.js';
import { formTeams, goodLead, newLead, signPolicy } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';
import type { ExportRow } from '../libs/exports/export-column.js';
import type { ExportSchema } from '../libs/exports/export-schema.js';

/** What stands in no export without the flag, in whatever field a person may type it. */
const CANARY = {
  name: 'Kanarie Vogel',
  email: 'kanarie.vogel@example.org',
  phone: '+49 30 5550199',
  jobTitle: 'Vogelwart',
};
const NOTE = 'Kanarie sang am Telefon';
const DATASETS = ['events', 'leads', 'intervals'] as const;
/** Other forms in which a text could slip through. */
const forms = (text: string) => [text, Buffer.from(text).toString('base64').slice(0, -4), encodeURIComponent(text)];

let baton: TestBaton;
let worked: string;
let fresh: string;

beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  await signPolicy(baton.as);
  const life = new LeadLife(baton);
  ({ lead: worked } = await life.create(goodLead({ details: CANARY })));
  const { offeree } = await reached(baton, worked, 'offered');
  const worker = baton.as(offeree!.person!);
  await worker.done(`/leads/${worked}/accept`);
  const touch = { channel: 'phone', direction: 'outbound', twoWay: true, human: true, note: NOTE };
  await worker.done(`/leads/${worked}/contact`, touch);
  ({ lead: fresh } = await life.create(newLead({ occurredAt: '2026-01-05T10:00:00Z', topic: 'cranes' })));
  await until(
    () => baton.as('ana').read<{ leads: { lead: string; state: string }[] }>('/leads'),
    ({ leads }) => leads.length === 2 && leads.some(({ state }) => state === 'working.contacted'),
    'views with all of it',
  );
});
afterAll(() => baton.stop());

async function rows(path: string, person = 'ana'): Promise<ExportRow[]> {
  const { status, text } = await baton.as(person).get(path);
  expect(status).toBe(200);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ExportRow);
}

describe('Events', () => {
  it('are all there, in commit order, without nonce and sealed part', async () => {
    const stored = await baton.events();
    const exported = await rows('/exports/events');
    expect(exported.map(({ event_id }) => event_id)).toEqual(stored.map(({ id }) => id));
    for (const [at, { stream, revision, data }] of stored.entries()) {
      const { nonce: _nonce, pii: _pii, ...open } = data;
      expect(exported[at]).toMatchObject({ revision, data: JSON.stringify(open) });
      expect(`${exported[at]!['stream_kind'] as string}-${exported[at]!['stream_id'] as string}`).toBe(stream);
    }
  });

  it('say what changed, why and by whom', async () => {
    const ofLead = (await rows('/exports/events')).filter(({ stream_id }) => stream_id === worked);
    expect(ofLead.find(({ type }) => type === 'HandoffAccepted')).toMatchObject({
      state_from: 'offered',
      state_to: 'working.attempting',
      cycle: 1,
      actor_kind: 'human',
      actor_role: 'sales',
      imported: false,
      time_known: true,
    });
  });

  it('are those recorded in the range: from inclusive, to exclusive', async () => {
    const all = await rows('/exports/events');
    const times = [...new Set(all.map(({ recorded_at }) => recorded_at as string))].toSorted();
    const [from, to] = [times[2]!, times.at(-2)!];
    const within = all.filter(({ recorded_at }) => (recorded_at as string) >= from && (recorded_at as string) < to);
    expect(within.length).toBeGreaterThan(0);
    expect(within.length).toBeLessThan(all.length);
    expect(await rows(`/exports/events?from=${from}&to=${to}`)).toEqual(within);
  });
});

describe('Leads', () => {
  it('are their cards, oldest first, created in the range', async () => {
    const exported = await rows('/exports/leads');
    expect(exported.map(({ lead }) => lead)).toEqual([fresh, worked]);
    const card = await baton.as('ana').read(`/leads/${worked}/card`);
    expect(exported[1]).toMatchObject({
      state: 'working.contacted',
      created_at: card['createdAt'],
      revision: card['revision'],
      touches: 1,
      worker_team: 'north-sales',
      steward_person: 'maria',
    });
    expect((await rows('/exports/leads?to=2026-01-05T10:00:00.001Z')).map(({ lead }) => lead)).toEqual([fresh]);
    expect(await rows('/exports/leads?to=2026-01-05T10:00:00Z')).toEqual([]);
    expect((await rows('/exports/leads?from=2026-01-05T10:00:00Z')).length).toBe(2);
    expect((await rows('/exports/leads?from=2026-01-05T10:00:00.001Z')).map(({ lead }) => lead)).toEqual([worked]);
  });
});

describe('Intervals', () => {
  it('are those of the cards, and in a range those that touch it', async () => {
    const { intervals } = await baton.as('ana').read<{ intervals: object[] }>(`/leads/${worked}/card`);
    const exported = (await rows('/exports/intervals')).filter(({ lead }) => lead === worked);
    expect(exported).toHaveLength(intervals.length);
    const before = await rows('/exports/intervals?to=2026-01-06T00:00:00Z');
    expect(before.map(({ lead, role }) => [lead, role])).toEqual(
      (await rows('/exports/intervals')).filter(({ lead }) => lead === fresh).map(({ lead, role }) => [lead, role]),
    );
    const offer = exported.find(({ role }) => role === 'offeree')!;
    const after = await rows(`/exports/intervals?from=${offer['until'] as string}`);
    expect(after.some(({ lead, role }) => lead === worked && role === 'worker')).toBe(true);
    expect(after.some(({ lead, role }) => lead === fresh && role === 'steward')).toBe(true);
  });
});

describe('CSV', () => {
  it.each(DATASETS)('has the columns of the schema and the same rows as NDJSON: %s', async (name) => {
    const { columns } = await baton.as('ana').read<ExportSchema & Record<string, never>>(`/exports/${name}/schema`);
    const { text, headers } = await baton.as('ana').get(`/exports/${name}?format=csv`);
    expect(headers.get('content-type')).toMatch(/^text\/csv/);
    const parser = parse({ record_delimiter: '\r\n' });
    const [header, ...lines] = (await Readable.from([text]).pipe(parser).toArray()) as string[][];
    expect(header).toEqual(columns.map((column) => column.name));
    const expected = (await rows(`/exports/${name}`)).map((row) =>
      columns.map((column) => String(row[column.name] ?? '')),
    );
    expect(lines).toEqual(expected);
  });

  it('has its header also where there is no row', async () => {
    const { text } = await baton.as('ana').get('/exports/leads?format=csv&to=2000-01-02T00:00:00Z');
    expect(text).toMatch(/^created_at,lead,.*\r\n$/);
  });
});

describe('Personal data', () => {
  const canaries = [...Object.values(CANARY), NOTE].flatMap(forms);

  it.each(DATASETS.flatMap((name) => ['ndjson', 'csv'].map((format) => ({ name, format }))))(
    'is in no export without the flag, whoever asks: $name $format',
    async ({ name, format }) => {
      for (const person of ['ana', 'audrey', 'form', 'pia']) {
        const { text } = await baton.as(person).get(`/exports/${name}?format=${format}`);
        expect(text.length).toBeGreaterThan(100);
        expect(canaries.filter((canary) => text.includes(canary))).toEqual([]);
        expect(text).not.toMatch(/"?(personal|email|pii|nonce)"?[,:]/);
      }
    },
  );

  it('is opened for the role privacy with the flag, in columns of its own, and the log says so', async () => {
    const lead = (await rows('/exports/leads?withPersonalData=true', 'pia')).find((row) => row['lead'] === worked);
    expect(lead).toMatchObject({
      personal_status: 'open',
      name: CANARY.name,
      email: CANARY.email,
      job_title: CANARY.jobTitle,
    });
    const events = await rows('/exports/events?withPersonalData=true', 'pia');
    const touch = events.find(({ stream_id, type }) => stream_id === worked && type === 'LeadContacted');
    expect(touch).toMatchObject({ personal_status: 'open', personal: JSON.stringify({ note: NOTE }) });
    expect(events.find(({ type }) => type === 'HandoffAccepted')).toMatchObject({
      personal_status: null,
      personal: null,
    });
    expect(baton.log()).toMatch(/"dataset":"events","subject":"pia".*personal data exported/);
    expect(canaries.filter((canary) => baton.log().includes(canary))).toEqual([]);
  });

  it.each(['ana', 'audrey', 'form'])('is refused to %s', async (person) => {
    for (const path of ['/exports/leads', '/exports/events', '/exports/leads/schema']) {
      expect((await baton.as(person).get(`${path}?withPersonalData=true`)).status).toBe(403);
    }
  });

  it('is not in intervals, so that asking for it there is refused', async () => {
    expect((await baton.as('pia').get('/exports/intervals?withPersonalData=true')).status).toBe(400);
  });
});

describe('An export', () => {
  it.each(['maria', 'sven', 'ida', 'root'])('is refused to %s, with its schema', async (person) => {
    for (const name of DATASETS) {
      expect((await baton.as(person).get(`/exports/${name}`)).status).toBe(403);
      expect((await baton.as(person).get(`/exports/${name}/schema`)).status).toBe(403);
    }
  });

  it.each([
    ['events?format=xlsx', 400],
    ['events?from=yesterday', 400],
    ['events?from=2026-02-01T00:00:00Z&to=2026-02-01T00:00:00Z', 400],
    ['events?withPersonalData=yes', 400],
    ['events?limit=5', 400],
    ['nothing', 404],
  ])('of %s answers %i', async (path, status) => {
    expect((await baton.as('ana').get(`/exports/${path}`)).status).toBe(status);
  });

  it('describes each column: type, meaning and source; numbers with a unit; nothing personal unasked', async () => {
    for (const name of DATASETS) {
      const { columns } = await baton.as('ana').read<ExportSchema & Record<string, never>>(`/exports/${name}/schema`);
      for (const { name: column, type, meaning, source, unit, personal } of columns) {
        expect({ column, said: meaning.length > 5 && source.length > 1 }).toEqual({ column, said: true });
        expect({ column, unit: type !== 'integer' || unit !== undefined, personal }).toEqual({ column, unit: true });
      }
    }
  });
});
