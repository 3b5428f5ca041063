import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFile } from 'node:fs/promises';
import { METRIC_CATALOGUE } from '../libs/metric-catalogue/metric-catalogue.js';
import type { EvidencePage } from '../libs/team-views/leads-behind.js';
import type { NumberRow } from '../libs/team-views/outcome-numbers.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { BatonFolder, type ReportedVerdict } from './baton-process.spec-kit.js';

const DATA = join(resolve(process.env['BATON_SHARED'] ?? '../shared'), 'data');
const LEADS = 'olist_marketing_qualified_leads_dataset.csv';
const DEALS = 'olist_closed_deals_dataset.csv';
const isThere = [LEADS, DEALS].every((file) => existsSync(join(DATA, file)));

const NO_ORIGIN = 'no origin: source is unknown';
const NO_VALUE = 'no declared_monthly_revenue: value is unknown';
const BOTH_ROLES = 'the same person as steward and as worker';
const TOO_EARLY = 'dated before the lead came in: takes effect at that time';

interface FunnelRow {
  readonly of: { readonly source: string };
  readonly counts: Readonly<Record<string, number>>;
}

// The data set may not be copied into the repository: where it is not beside it, this is skipped.
(isThere ? describe : describe.skip)('the Olist marketing funnel', () => {
  let baton: BatonFolder;
  let leads: readonly ReportedVerdict[];
  let deals: readonly ReportedVerdict[];

  beforeAll(async () => {
    baton = await BatonFolder.make();
    const ended = [
      await baton.run('import', join(DATA, LEADS), '--map', 'olist-leads'),
      await baton.run('import', join(DATA, DEALS), '--map', 'olist-deals'),
    ];
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    leads = await baton.report(`${LEADS}.report.ndjson`);
    deals = await baton.report(`${DEALS}.report.ndjson`);
  }, 600_000);
  afterAll(() => baton.remove());

  const withOdd = (verdicts: readonly ReportedVerdict[], odd: string): number =>
    verdicts.filter((verdict) => verdict.odd?.includes(odd)).length;

  it('loses no row', () => {
    expect(leads.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 8000 }, () => 'created'));
    expect(deals.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 842 }, () => 'won'));
    expect(new Set(leads.map(({ lead }) => lead)).size).toBe(8000);
  });

  it('says of every odd row why', () => {
    expect(leads.filter(({ odd }) => odd !== undefined)).toHaveLength(60);
    expect(withOdd(leads, NO_ORIGIN)).toBe(60);
    expect(withOdd(deals, NO_VALUE)).toBe(797);
    expect(withOdd(deals, BOTH_ROLES)).toBe(5);
    expect(withOdd(deals, TOO_EARLY)).toBe(1);
    const known = [NO_VALUE, BOTH_ROLES, TOO_EARLY];
    expect(deals.flatMap(({ odd = [] }) => odd).filter((odd) => !known.includes(odd))).toEqual([]);
  });

  it('makes the funnel say what the files say', async () => {
    const { stdout } = await baton.run('funnel', '--by', 'source', '--json');
    const { rows } = JSON.parse(stdout) as { rows: readonly FunnelRow[] };
    const bySource = new Map(rows.map(({ of, counts }) => [of.source, [counts['leads-won'], counts['leads-created']]]));
    expect(bySource.get('organic_search')).toEqual([271, 2296]);
    expect(bySource.get('paid_search')).toEqual([195, 1586]);
    expect(bySource.get('email')).toEqual([15, 493]);
    const sum = (metric: string): number => rows.reduce((total, { counts }) => total + (counts[metric] ?? 0), 0);
    expect([sum('leads-won'), sum('leads-created')]).toEqual([842, 8000]);
  });

  it('shows the lead won before it came in as won when it came in', async () => {
    const early = deals.find(({ odd }) => odd?.includes(TOO_EARLY));
    const { stdout } = await baton.run('lead', 'show', early?.lead ?? '', '--json');
    const { lead, events } = JSON.parse(stdout) as {
      lead: { readonly createdAt: string; readonly effectiveAt: string };
      events: readonly { readonly occurredAt: string }[];
    };
    expect(lead.effectiveAt).toBe(lead.createdAt);
    expect((events.at(-1)?.occurredAt ?? '') < lead.createdAt).toBe(true);
  });

  it('answers every question of the views, with what the files say', async () => {
    const served = await startBaton({ dataDir: baton.path('data') });
    try {
      await expectConversionOfTheFiles(served);
      await expectEveryNumber(served);
      await expectEveryView(served, deals[0]?.lead ?? '');
    } finally {
      await served.stop();
    }
  }, 600_000);

  it('changes nothing when it is imported again', async () => {
    await baton.run('import', join(DATA, DEALS), '--map', 'olist-deals', '--report', 'again.ndjson');
    const again = await baton.report('again.ndjson');
    expect(again).toEqual(deals.map((verdict) => ({ ...verdict, verdict: 'repeated' })));
  }, 600_000);
});

/** The rows of a file whose values hold no comma and no quotes, by the names of its columns. */
async function rowsOf(file: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const [head = '', ...lines] = (await readFile(join(DATA, file), 'utf8')).trimEnd().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, index) => [names[index] ?? '', value])));
}

/** Conversion by source and month, counted over the files without any of the code that is tested. */
async function expectConversionOfTheFiles({ as }: TestBaton): Promise<void> {
  const won = new Set((await rowsOf(DEALS)).map(({ mql_id }) => mql_id));
  const direct = new Map<string, [won: number, created: number]>();
  for (const { mql_id, first_contact_date, origin } of await rowsOf(LEADS)) {
    const key = `${origin || 'unknown'} ${first_contact_date?.slice(0, 7)}`;
    const [wins, all] = direct.get(key) ?? [0, 0];
    direct.set(key, [wins + Number(won.has(mql_id)), all + 1]);
  }
  expect(direct.size).toBeGreaterThan(60);
  const { rows } = await as('ana').read<{ rows: NumberRow[] }>('/numbers/conversion?by=source,month');
  const shown = rows.map(({ of, numerator, denominator, value }) => {
    expect(value).toBe(numerator / (denominator ?? 0));
    return [`${of.source} ${of.month}`, [numerator, denominator]] as const;
  });
  expect(new Map(shown)).toEqual(direct);
  const { rows: funnel } = await as('ana').read<{
    rows: { of: Record<string, string>; counts: Record<string, number> }[];
  }>('/funnel?by=source,month');
  const counts = funnel.map(({ of, counts: of_ }) => [
    `${of['source']} ${of['month']}`,
    [of_['leads-won'], of_['leads-created']],
  ]);
  expect(new Map(counts as [string, number[]][])).toEqual(direct);
}

/** What the whole company has of each number; those that measure an agreed time know no imported history. */
const NUMBERS: Readonly<Record<string, Partial<NumberRow>>> = {
  'leads-created': { value: 8000 },
  'leads-handed-off': { value: 842 },
  'leads-won': { value: 842 },
  losses: { value: 0 },
  conversion: { numerator: 842, denominator: 8000 },
  'acceptance-rate': { value: 1 },
  'offer-acceptance': { numerator: 842, denominator: 842 },
  'won-cycles': { value: 842 },
  'lost-cycles': { value: 0 },
  'follow-up-rate': { denominator: 0, value: null },
  'policy-wins': { denominator: 0 },
  'missing-ratings': { denominator: 0 },
  'leads-in-state': { value: 8000 },
  standstill: { numerator: 7158, denominator: 7158 },
  hygiene: { denominator: 0 },
  'late-offers': { denominator: 0 },
  'ratings-owed': { value: 0 },
};

async function expectEveryNumber({ as }: TestBaton): Promise<void> {
  for (const { id, by } of METRIC_CATALOGUE) {
    const { rows } = await as('ana').read<{ rows: NumberRow[] }>(`/numbers/${id}`);
    const whole = NUMBERS[id];
    if (whole !== undefined) expect({ id, rows }).toMatchObject({ id, rows: [whole] });
    for (const dimension of by) await as('ana').read(`/numbers/${id}?by=${dimension}`);
    const evidence = await as('ana').read<EvidencePage>(`/numbers/${id}/evidence?limit=500`);
    expect(evidence).toMatchObject({ outside: 0 });
    expect(evidence.leads).toHaveLength(Math.min(500, evidence.total));
    expect(await as('malte').read(`/numbers/${id}/evidence`)).toMatchObject({ leads: [], outside: evidence.total });
  }
}

async function expectEveryView({ as }: TestBaton, won: string): Promise<void> {
  interface Board {
    readonly states: readonly { readonly state: string; readonly leads: number }[];
    readonly leads: readonly object[];
  }
  const read = <Body = Record<string, unknown>>(path: string) => as('ana').read<Body>(path);
  const states = (await read<Board>('/boards/marketing')).states.map(({ state, leads }) => [state, leads]);
  expect(new Map(states as [string, number][])).toEqual(
    new Map([
      ['captured', 7158],
      ['won', 842],
    ]),
  );
  const card = await read<{
    owners: { steward: { team: string } };
    intervals: { role: string; team: string; person: string }[];
  }>(`/leads/${won}/card`);
  const worker = card.intervals.find(({ role }) => role === 'worker')!;
  const { owners } = await read<{ owners: object }>(`/leads/${won}/owners`);
  expect(owners).toHaveProperty('steward');
  for (const path of [`/boards/sales/${worker.team}`, `/boards/workers/${worker.person}`]) {
    expect(await read(path)).toMatchObject({ states: [], leads: [] });
  }
  expect(await read('/offers')).toEqual({ offers: [] });
  expect(await read('/standstill?limit=1')).toMatchObject({ states: [{ state: 'captured', leads: 7158 }] });
  expect(await read('/hygiene')).toMatchObject({ workers: [] });
  expect(await read('/missing-ratings')).toMatchObject({ workers: [], ratings: [] });
  expect((await read<Board>('/leads?state=won&limit=500')).leads).toHaveLength(500);
  expect((await read<Board>('/leads?asOf=2018-01-01T00:00:00Z')).leads).toEqual([]);
  const steward = card.owners.steward.team;
  expect(
    (await read<{ intervals: object[] }>(`/ownership?team=${steward}&role=steward&limit=5`)).intervals,
  ).toHaveLength(5);
  // The files give one time for the whole way to a win: nobody held it for any time as the worker.
  expect(await read(`/ownership?team=${worker.team}&role=worker`)).toEqual({ intervals: [] });
  for (const path of [
    '/leavers',
    '/merge-queue',
    '/metric-catalogue',
    `/leads/${won}`,
    `/leads/${won}/timeline`,
    '/ownership/changes?actor=baton-cli',
  ]) {
    expect(Object.keys(await read(path)).length).toBeGreaterThan(0);
  }
}
