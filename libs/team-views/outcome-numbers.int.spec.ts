import fc from 'fast-check';
import { hasDueTime, type OutcomeMetric } from '../metric-catalogue/outcome-metric.js';
import { OUTCOME_METRICS, outcomeMetric } from '../metric-catalogue/outcome-metrics.js';
import {
  afterFeed,
  expectSameRows,
  feedOf,
  recordedAll,
  shuffledAcrossStreams,
} from '../projection-runner/projection.spec-kit.js';
import {
  onEachReadDatabase,
  openReadDatabase,
  type OpenedReadDatabase,
} from '../read-database/read-database.spec-kit.js';
import { directUnits, type DirectUnit } from './direct-count.spec-kit.js';
import { expectedRows } from './expected-rows.spec-kit.js';
import { MARKETING, SALES, seeded } from './lead-history.spec-kit.js';
import { LeadCardProjection } from './lead-card-projection.js';
import { EVIDENCE_PARTS, OutcomeEvidence, type EvidencePart } from './outcome-evidence.js';
import { leadsWithOutcomes, type SteppedLead } from './outcome-history.spec-kit.js';
import { OutcomeNumbers, type NumberRow } from './outcome-numbers.js';
import { OutcomeProjection } from './outcome-projection.js';
import { RatingsOwed } from './ratings-owed.js';
import type { Scope } from './scope.js';

const SEED = fc.integer({ min: 0, max: 1_000_000 });
const AS_OF = '2026-04-15T12:00:00.000Z';
const IDS = OUTCOME_METRICS.map(({ id }) => id);

const LEADS = leadsWithOutcomes(4, 120, 60);

let opened: OpenedReadDatabase;
let numbers: OutcomeNumbers;
let evidence: OutcomeEvidence;

onEachReadDatabase('outcomes over random histories', () => {
  beforeAll(async () => {
    opened = await openReadDatabase();
    const { database } = opened;
    const feed = feedOf(shuffledAcrossStreams(seeded(4))(recordedAll(LEADS)), 500);
    await afterFeed(database, [new LeadCardProjection(), new OutcomeProjection()], feed, async () => undefined);
    numbers = new OutcomeNumbers(database);
    evidence = new OutcomeEvidence(database);
  });
  afterAll(() => opened.dispose());

  it('give the same rows however often, in whatever cut and order across leads the events come', async () => {
    await fc.assert(
      fc.asyncProperty(SEED, (seed) =>
        expectSameRows(() => new OutcomeProjection(), leadsWithOutcomes(seed, 6, 40), seeded(seed)),
      ),
      { numRuns: 3 },
    );
  });

  it.each(IDS)('count %s as the events do', async (id) => {
    const metric = outcomeMetric(id)!;
    const units = directUnits(id, LEADS, AS_OF);
    // Nothing is proved by histories in which nothing counts, or everything.
    expect(units.length).toBeGreaterThan(5);
    if (metric.kind === 'share') expect(new Set(units.map(({ counted }) => counted)).size).toBe(2);
    for (const by of [[], ...metric.by.map((one) => [one]), metric.by.slice(0, 4)]) {
      const rows = await numbers.rows({ metric, by, only: {}, asOf: AS_OF });
      expect({ by, rows: inOrder(rows!) }).toEqual({ by, rows: inOrder(expectedRows(metric, units, by)) });
    }
    const { source, campaign } = units[0]!.of as { source: string; campaign: string };
    const within = units.filter(({ of }) => of.source === source && of.campaign === campaign && of.month! <= '2026-05');
    const only = { source, campaign };
    const rows = await numbers.rows({ metric, by: [], only, toMonth: '2026-05', asOf: AS_OF });
    expect(rows).toEqual(expectedRows(metric, within, []));
  });

  it.each(IDS)('name the leads behind %s that the caller may read, and count the others', async (id) => {
    const metric = outcomeMetric(id)!;
    const units = directUnits(id, LEADS, AS_OF);
    for (const scope of SCOPES) {
      const mine = new Set(LEADS.filter((lead) => mayRead(lead, scope)).map(({ lead }) => lead));
      for (const part of EVIDENCE_PARTS) {
        const behind = new Set(units.filter((unit) => isOf(part, metric, unit)).map(({ lead }) => lead));
        const leads = [...behind].filter((lead) => mine.has(lead)).sort();
        const seen = await allPages({ metric, part, scope, only: {}, asOf: AS_OF });
        const total = behind.size;
        expect({ part, ...seen }).toEqual({ part, leads, total, outside: total - leads.length });
      }
    }
  });

  it('owe a rating for every cycle that misses one and can still get it', async () => {
    const owed = (await new RatingsOwed(opened.database).rows({ by: ['team', 'person'], only: {} }))!;
    const missing = directUnits('missing-ratings', LEADS, AS_OF).filter(({ counted }) => counted === 1);
    const merged = new Set(LEADS.filter(({ state }) => state.leaf === 'merged').map(({ lead }) => lead));
    const rateable = missing.filter(({ lead }) => !merged.has(lead));
    expect(rateable.length).toBeGreaterThan(20);
    const keys = new Set(rateable.map(({ of }) => `${of.team} ${of.person}`));
    const expected = [...keys].map((key) => [
      key,
      rateable.filter(({ of }) => `${of.team} ${of.person}` === key).length,
    ]);
    expect(owed.map(({ of, value }) => [`${of.team} ${of.person}`, value]).sort()).toEqual(expected.sort());
  });

  it('depend on the moment only where something is due', async () => {
    for (const metric of OUTCOME_METRICS) {
      const [early, late] = await Promise.all(
        ['2020-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z'].map((asOf) =>
          numbers.rows({ metric, by: [], only: {}, asOf }),
        ),
      );
      if (hasDueTime(metric)) expect(early).toMatchObject([{ denominator: 0, value: null }]);
      else expect(early).toEqual(late);
    }
  });
});

const SCOPES: readonly Scope[] = [
  { all: true },
  { marketingTeams: [], salesTeams: [] },
  { marketingTeams: MARKETING.slice(0, 1), salesTeams: [] },
  { marketingTeams: [], salesTeams: SALES.slice(1) },
];

const inOrder = (rows: readonly NumberRow[]) => rows.map((row) => JSON.stringify(row)).sort();

const mayRead = ({ state }: SteppedLead, scope: Scope): boolean =>
  scope.all === true ||
  scope.marketingTeams.includes(state.steward?.team ?? '') ||
  [state.offeree?.team ?? '', ...state.workedBy].some((team) => scope.salesTeams.includes(team));

function isOf(part: EvidencePart, metric: OutcomeMetric, { counted, apart }: DirectUnit): boolean {
  if (part === 'apart') return apart === true;
  if (apart) return false;
  return part === 'all' || metric.kind !== 'share' || counted === 1;
}

async function allPages(query: Omit<Parameters<OutcomeEvidence['page']>[0], 'limit'>) {
  const leads: string[] = [];
  for (let after: string | undefined = ''; ;) {
    const page = await evidence.page({ ...query, after, limit: 7 });
    leads.push(...page.leads);
    after = page.next;
    if (after === undefined) return { leads, total: page.total, outside: page.outside };
  }
}
