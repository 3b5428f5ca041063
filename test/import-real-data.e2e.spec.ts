import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

  it('changes nothing when it is imported again', async () => {
    await baton.run('import', join(DATA, DEALS), '--map', 'olist-deals', '--report', 'again.ndjson');
    const again = await baton.report('again.ndjson');
    expect(again).toEqual(deals.map((verdict) => ({ ...verdict, verdict: 'repeated' })));
  }, 600_000);
});
