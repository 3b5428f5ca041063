import fc from 'fast-check';
import type { TeamState } from '../agreements/team.js';
import { DEFAULT_AGREEMENT } from '../agreements/default-agreement.js';
import type { TokenRole } from '../decider/decision.js';
import type { Caller } from '../http-kit/caller.js';
import { PageCursors } from '../http-kit/cursor.js';
import { METRIC_CATALOGUE, type AnyMetric } from '../metric-catalogue/metric-catalogue.js';
import { afterFeed, feedOf, recordedAll, shuffledAcrossStreams } from '../projection-runner/projection.spec-kit.js';
import { openReadDatabase } from '../read-database/read-database.spec-kit.js';
import { DECIDING_TEAMS, decidedLeads } from './decided-history.spec-kit.js';
import { directUnits } from './direct-count.spec-kit.js';
import { expectedRows } from './expected-rows.spec-kit.js';
import { Funnel } from './funnel.js';
import { FunnelNumbers } from './funnel-numbers.js';
import { FunnelProjection } from './funnel-projection.js';
import { AgreedNow } from './http/agreed-now.js';
import { AskedNumbers } from './http/asked-numbers.js';
import { NumberAnswers } from './http/number-answers.js';
import { NumbersController } from './http/numbers.controller.js';
import type { EvidenceOfNumberQuery, NumberDimension, NumbersOfMetricQuery } from './http/numbers.dto.js';
import { ViewAccess } from './http/view-access.js';
import { LeadCardProjection } from './lead-card-projection.js';
import { seeded } from './lead-history.spec-kit.js';
import { OutcomeEvidence } from './outcome-evidence.js';
import type { SteppedLead } from './outcome-history.spec-kit.js';
import { OutcomeNumbers } from './outcome-numbers.js';
import { OutcomeProjection } from './outcome-projection.js';
import { RatingsOwed } from './ratings-owed.js';
import { StandingNumbers } from './standing-numbers.js';

const NOW = Date.UTC(2024, 5, 1);
const caller = (subject: string, ...roles: TokenRole[]): Caller => ({
  subject,
  client: subject,
  roles,
  issuer: 'urn:test',
  how: 'dev',
  expiresAt: NOW * 2,
});
const ANALYST = caller('ana', 'analyst');
/** Of both marketing and both sales teams, and one who is in no team. */
const CALLERS = [
  caller('ben', 'marketing'),
  caller('nils', 'marketing'),
  caller('sam', 'sales'),
  caller('tom', 'sales'),
  caller('malte', 'marketing'),
];
const teamsOf = (person: string): readonly TeamState[] =>
  DECIDING_TEAMS.filter(({ members, managers }) => [...members, ...managers].includes(person));

const mayRead = ({ state }: SteppedLead, { subject, roles }: Caller): boolean => {
  const ids = teamsOf(subject).map(({ id }) => id);
  const sold = [state.offeree?.team ?? '', ...state.workedBy].some((team) => ids.includes(team));
  return roles.includes('marketing') ? ids.includes(state.steward?.team ?? '') : sold;
};

async function withNumbers<T>(
  leads: readonly SteppedLead[],
  seed: number,
  look: (controller: NumbersController) => Promise<T>,
): Promise<T> {
  const opened = await openReadDatabase();
  const { database } = opened;
  try {
    const feed = feedOf(shuffledAcrossStreams(seeded(seed))(recordedAll(leads)), 200);
    const views = [new LeadCardProjection(), new FunnelProjection(), new OutcomeProjection()];
    return await afterFeed(database, views, feed, (runner) => {
      const answers = new NumberAnswers({
        funnel: new FunnelNumbers(database, new Funnel(database)),
        outcomes: new OutcomeNumbers(database),
        evidence: new OutcomeEvidence(database),
        standing: new StandingNumbers(database),
        ratings: new RatingsOwed(database),
        agreed: new AgreedNow(
          () => DEFAULT_AGREEMENT,
          () => NOW,
        ),
      });
      return look(new NumbersController(answers, new AskedNumbers(() => NOW), new ViewAccess(teamsOf, runner)));
    });
  } finally {
    await opened.dispose();
  }
}

async function evidenceOf(
  controller: NumbersController,
  who: Caller,
  id: string,
  query: Partial<EvidenceOfNumberQuery>,
): Promise<{ leads: readonly string[]; total: number; outside: number }> {
  const leads: string[] = [];
  for (let cursor: string | undefined; ;) {
    const asked: EvidenceOfNumberQuery = { part: 'all', limit: 9, ...query };
    const cursors = new PageCursors(`/numbers/${id}/evidence${cursor === undefined ? '' : `?cursor=${cursor}`}`);
    const page = await controller.leads(who, id, asked, cursors);
    leads.push(...page.leads);
    const { next } = page as { next?: string };
    if (next === undefined) return { leads, total: page.total, outside: page.outside };
    cursor = next;
  }
}

/** What any number must hold, whoever asks it and by whatever it is asked. */
async function expectTheSame(
  controller: NumbersController,
  metric: AnyMetric,
  by: readonly NumberDimension[],
  leads: readonly SteppedLead[],
): Promise<void> {
  const { id } = metric;
  const query = { by } as NumbersOfMetricQuery;
  const known = await controller.rows(ANALYST, id, query);
  for (const who of CALLERS) expect(await controller.rows(who, id, query)).toEqual(known);
  const parts = metric.kind === 'share' || metric.kind === 'rate' ? (['all', 'counted'] as const) : (['all'] as const);
  for (const part of parts) {
    const behind = await evidenceOf(controller, ANALYST, id, { part });
    expect(behind).toEqual({ leads: [...new Set(behind.leads)].sort(), total: behind.leads.length, outside: 0 });
    for (const who of CALLERS) {
      const own = new Set(leads.filter((lead) => mayRead(lead, who)).map(({ lead }) => lead));
      const mine = behind.leads.filter((lead) => own.has(lead));
      const expected = { leads: mine, total: behind.total, outside: behind.total - mine.length };
      expect(await evidenceOf(controller, who, id, { part })).toEqual(expected);
    }
  }
}

describe('numbers over histories that the real decider made', () => {
  it('are the same for marketing and sales, and what the events say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
        const leads = decidedLeads(seed, 40, 60);
        const random = seeded(seed);
        await withNumbers(leads, seed, async (controller) => {
          for (const metric of METRIC_CATALOGUE) {
            const by = metric.by.filter(() => random() < 0.3).slice(0, 4);
            await expectTheSame(controller, metric, by, leads);
            const { rows } = await controller.rows(ANALYST, metric.id, { by });
            if (metric.view === 'outcomes') {
              const units = directUnits(metric.id, leads, new Date(NOW).toISOString());
              const expected = expectedRows(metric, units, by as never);
              const inOrder = (all: readonly object[]) => all.map((row) => JSON.stringify(row)).sort();
              expect({ id: metric.id, by, rows: inOrder(rows) }).toEqual({
                id: metric.id,
                by,
                rows: inOrder(expected),
              });
            } else if (metric.view === 'funnel' && metric.kind === 'count') {
              const lives = leads.map(
                ({ events }) => events.filter(({ type }) => type === `${metric.event}.v1`).length,
              );
              const counted = lives.reduce((sum, n) => sum + (metric.counts === 'each' ? n : Math.min(1, n)), 0);
              expect(rows.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBe(counted);
            }
          }
        });
      }),
      // A hand-off that was taken back in time, and its lead disqualified when it would have been too late.
      { numRuns: 3, examples: [[616850]] },
    );
  });
});
