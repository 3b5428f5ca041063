import { isoTime } from '../decider/clock.js';
import { topState } from '../lead-lifecycle/fold-table.js';
import { AGE_BANDS, type StandingMetric } from '../metric-catalogue/standing-metric.js';
import { STANDING_METRICS } from '../metric-catalogue/standing-metrics.js';
import { afterFeed, feedOf, recordedAll } from '../projection-runner/projection.spec-kit.js';
import {
  onEachReadDatabase,
  openReadDatabase,
  type OpenedReadDatabase,
} from '../read-database/read-database.spec-kit.js';
import type { CardFilter } from './card-filter.js';
import { DAY_MS } from './card-standing.js';
import { LeadCardProjection } from './lead-card-projection.js';
import { LeadCards, type CardSort } from './lead-cards.js';
import { LeadCounts } from './lead-counts.js';
import { MARKETING, randomLeads, SALES, type RandomLead } from './lead-history.spec-kit.js';
import { Leavers } from './leavers.js';
import type { EvidencePage } from './leads-behind.js';
import { MissingRatings, type MissingCursor } from './missing-ratings.js';
import { RatingsOwed } from './ratings-owed.js';
import type { Scope } from './scope.js';
import type { StandingMoment } from './standing-filters.js';
import { StandingNumbers } from './standing-numbers.js';
import { WorkerNumbers } from './worker-numbers.js';

const SCOPES: readonly Scope[] = [
  { all: true },
  { marketingTeams: [], salesTeams: [] },
  { marketingTeams: MARKETING.slice(0, 1), salesTeams: [] },
  { marketingTeams: [], salesTeams: SALES.slice(0, 1) },
  { marketingTeams: MARKETING.slice(0, 1), salesTeams: SALES.slice(1) },
];
const ALL = SCOPES[0]!;
const MAY = Date.UTC(2026, 4, 1);
const MOMENT: StandingMoment = {
  now: MAY,
  at: isoTime(MAY),
  hygieneSince: isoTime(MAY - 7 * DAY_MS),
  silence: { at: isoTime(MAY), withoutTrackSince: isoTime(MAY - 45 * DAY_MS) },
  standsSince: isoTime(MAY - 14 * DAY_MS),
};

const mayRead = ({ state }: RandomLead, scope: Scope): boolean =>
  scope.all ||
  scope.marketingTeams.includes(state.steward?.team ?? '') ||
  scope.salesTeams.includes(state.offeree?.team ?? '') ||
  state.workedBy.some((team) => scope.salesTeams.includes(team));
const phaseOf = ({ state }: RandomLead): string => topState(state.leaf);
const sorted = (leads: readonly { readonly lead: string }[]): string[] => leads.map(({ lead }) => lead).sort();

onEachReadDatabase('boards', () => {
  const leads = randomLeads(23, 250, 40);
  let opened: OpenedReadDatabase;
  let cards: LeadCards;
  let counts: LeadCounts;
  beforeAll(async () => {
    opened = await openReadDatabase();
    cards = new LeadCards(opened.database);
    counts = new LeadCounts(opened.database);
    await afterFeed(opened.database, [new LeadCardProjection()], feedOf(recordedAll(leads), 61), async () => undefined);
  });
  afterAll(() => opened.dispose());

  async function all(scope: Scope, filter: CardFilter, sort?: CardSort) {
    const found = [];
    let page = await cards.page({ scope, filter, ...(sort && { sort }), limit: 9 });
    for (;;) {
      found.push(...page.cards);
      if (!page.next) return found;
      page = await cards.page({ scope, filter, ...(sort && { sort }), after: page.next, limit: 9 });
    }
  }

  it.each(SCOPES)("hold a sales team's offers, work and losses, offers first, and nothing else: %j", async (scope) => {
    for (const team of SALES) {
      const queue = await all(scope, { salesTeam: team }, { by: 'queue', direction: 'ascending' });
      const of = leads.filter(
        (lead) => (lead.state.offeree ?? lead.state.worker)?.team === team && mayRead(lead, scope),
      );
      expect(sorted(queue)).toEqual(sorted(of));
      const order = ['offered', 'working', 'opportunity', 'lost'];
      const places = queue.map(({ state }) => order.indexOf(state.split('.')[0]!));
      expect(places).toEqual(places.toSorted());
      const times = queue.map(
        ({ offer, stateSince, state }) => `${state.split('.')[0]} ${offer?.acceptBy ?? stateSince}`,
      );
      times.slice(1).forEach((time, i) => {
        if (places[i] === places[i + 1]) expect(time >= times[i]!).toBe(true);
      });
    }
  });

  it('count by state exactly what their lists hold, whatever the scope and filter', async () => {
    const filters: CardFilter[] = [
      {},
      { stewardTeam: MARKETING[0]! },
      { source: 'email', topic: 'crm' },
      { campaign: 'spring', standsSince: '2026-03-15T00:00:00.000Z' },
      { stewardPerson: 'p1', states: ['nurturing', 'working'] },
    ];
    for (const scope of SCOPES) {
      for (const filter of filters) {
        const listed = await all(scope, filter);
        const direct = new Map<string, number>();
        for (const { state } of listed) direct.set(state, (direct.get(state) ?? 0) + 1);
        const byState = await counts.byState(scope, filter);
        expect(new Map(byState.map(({ state, leads: n }) => [state, n]))).toEqual(direct);
      }
    }
  });

  it('flag nurtured leads that were left alone past the silence of their track, or the agreed one', async () => {
    const at = '2026-05-01T00:00:00.000Z';
    const withoutTrackSince = isoTime(Date.parse(at) - 45 * DAY_MS);
    const silent = await all(ALL, { silent: { at, withoutTrackSince } });
    const expected = leads.filter((lead) => phaseOf(lead) === 'nurturing' && alone(lead, at, withoutTrackSince));
    expect(sorted(silent)).toEqual(sorted(expected));
    expect(silent.length).toBeGreaterThan(0);
    expect(silent.some(({ track }) => track)).toBe(true);
  });

  it('find what stands still: the same state since a time, and not settled', async () => {
    const since = '2026-03-01T00:00:00.000Z';
    const settled = ['won', 'disqualified', 'merged'];
    const expected = leads.filter((lead) => !settled.includes(phaseOf(lead)) && lead.state.leafSince <= since);
    expect(sorted(await all(ALL, { standsSince: since }))).toEqual(sorted(expected));
  });

  it('share out hygiene by worker, whole, to those who may read one of the leads', async () => {
    const since = '2026-04-01T00:00:00.000Z';
    const moment = { ...MOMENT, hygieneSince: since };
    const workers = new WorkerNumbers(new StandingNumbers(opened.database), new RatingsOwed(opened.database));
    for (const scope of SCOPES) {
      const worked = leads.filter((l) => ['working', 'opportunity'].includes(phaseOf(l)));
      const expected = new Map<string, number[]>();
      for (const lead of worked) {
        const { team, person } = lead.state.worker!;
        const [open = 0, updated = 0, outside = 0] = expected.get(`${team} ${person}`) ?? [];
        const counts = [open + 1, updated + Number(lastUpdate(lead) >= since), outside + Number(!mayRead(lead, scope))];
        expected.set(`${team} ${person}`, counts);
      }
      const seen = [...expected].filter(([, [open, , outside]]) => outside! < open!);
      const rows = await workers.hygiene(scope, moment);
      const shown = rows!.map((row) => [`${row.team} ${row.person}`, [row.open, row.updated, row.outside]] as const);
      expect(new Map(shown)).toEqual(new Map(seen));
      expect(rows!.every(({ open, updated, share }) => share === updated / open)).toBe(true);
    }
  });

  it('list the ratings that are owed: worked cycles that ended unrated, not imported, of leads not merged', async () => {
    const ratings = new MissingRatings(opened.database);
    const workers = new WorkerNumbers(new StandingNumbers(opened.database), new RatingsOwed(opened.database));
    for (const scope of SCOPES) {
      const found = [];
      let after: MissingCursor | undefined;
      do {
        const page = await ratings.page({ scope, limit: 4, ...(after && { after }) });
        found.push(...page.ratings);
        after = page.next;
      } while (after);
      const expected = leads.filter((lead) => mayRead(lead, scope) && phaseOf(lead) !== 'merged').flatMap(owedOf);
      expect(found.map(({ lead, cycle, person }) => `${lead} ${cycle} ${person}`).sort()).toEqual(expected.sort());
      const owed = await workers.owed(scope);
      expect(owed!.reduce((sum, { missing, outside }) => sum + missing - outside, 0)).toBe(expected.length);
    }
  });

  describe.each(STANDING_METRICS.map((metric) => [metric.id, metric as StandingMetric] as const))(
    '%s',
    (id, metric) => {
      const direct = () => leads.flatMap((lead) => unitsOf(id, lead).map((unit) => ({ ...unit, lead })));
      const ask = (by: readonly string[], only = {}) =>
        id === 'ratings-owed'
          ? new RatingsOwed(opened.database).rows({ by, only })
          : new StandingNumbers(opened.database).rows(metric, { by, only }, MOMENT);

      it('counts leads as they stand, by each of its dimensions', async () => {
        // Of ratings that are owed there are more in the histories of `outcome-numbers.int.spec.ts`.
        expect(direct().length).toBeGreaterThan(id === 'ratings-owed' ? 0 : 3);
        if (metric.kind === 'share') expect(new Set(direct().map(({ counted }) => counted)).size).toBe(2);
        const backwards = metric.by.toReversed().slice(0, 3);
        for (const by of [...metric.by.map((one) => [one]), metric.by.slice(0, 3), backwards, metric.alwaysBy]) {
          const all = [...new Set([...by, ...metric.alwaysBy])];
          const keyOf = ({ of }: { of: Readonly<Record<string, string | null | undefined>> }) =>
            JSON.stringify(all.map((one) => of[one] ?? null));
          const expected = new Map<string, readonly [number, number]>();
          for (const unit of direct()) {
            const [counted = 0, units = 0] = expected.get(keyOf(unit)) ?? [];
            expected.set(keyOf(unit), [counted + Number(unit.counted), units + 1]);
          }
          const rows = (await ask(by))!;
          const shown = rows.map((row) => [keyOf(row), [row.numerator, row.denominator ?? row.numerator]] as const);
          expect({ by, rows: new Map(shown) }).toEqual({ by, rows: expected });
          const places = rows.map(({ of }) =>
            all.map((one) => placeOf(one, (of as Partial<Record<string, string>>)[one])),
          );
          expect({ by, places }).toEqual({ by, places: places.toSorted(inTurn) });
          for (const [value, [counted, units]] of [...expected].slice(0, 3)) {
            const only = Object.fromEntries((JSON.parse(value) as (string | null)[]).map((v, i) => [all[i]!, v ?? '']));
            const [one, ...none] = (await ask(metric.alwaysBy, only))!;
            expect([one?.numerator, one?.denominator ?? one?.numerator, none.length]).toEqual([counted, units, 0]);
          }
        }
      });

      it('names the leads behind it within the scope, and counts those outside', async () => {
        for (const scope of SCOPES) {
          for (const part of ['all', 'counted'] as const) {
            const behind = direct().filter(({ counted }) => part === 'all' || counted || metric.kind === 'count');
            const mine = behind.filter(({ lead }) => mayRead(lead, scope));
            const ids = [...new Set(mine.map(({ lead }) => lead.lead))].sort();
            const asked = { only: {}, asOf: MOMENT.at, olderThanDays: 14, part, scope };
            const seen = await everyLead((after) =>
              id === 'ratings-owed'
                ? new RatingsOwed(opened.database).evidence({ ...asked, after, limit: 5 })
                : new StandingNumbers(opened.database).evidence(metric, { ...asked, after, limit: 5 }, MOMENT),
            );
            const total = new Set(behind.map(({ lead }) => lead.lead)).size;
            expect(seen).toEqual({ leads: ids, total, outside: total - ids.length });
          }
        }
      });
    },
  );

  it("find leavers' leads in every role, within the scope", async () => {
    const gone = (team: string, person: string) => person === 'p2' || (team === SALES[1] && person === 'p3');
    const leavers = new Leavers(opened.database, (team, person) => !gone(team, person));
    for (const scope of SCOPES) {
      const heldBy = await leavers.find(scope);
      const found = await all(scope, { heldBy, settled: false });
      const expected = leads.filter((lead) => {
        const { steward, offeree, worker } = lead.state;
        const owners = [steward, offeree, worker].filter((owner) => owner?.person !== undefined);
        const settled = ['won', 'disqualified', 'merged'].includes(phaseOf(lead));
        return mayRead(lead, scope) && !settled && owners.some((owner) => gone(owner!.team, owner!.person!));
      });
      expect(sorted(found)).toEqual(sorted(expected));
    }
  });
});

/** By which rows are sorted: a band by its age, none first. */
const placeOf = (dimension: string, value: string | null | undefined): string =>
  dimension === 'age' ? String(AGE_BANDS.findIndex(({ band }) => band === value)) : (value ?? '');

function inTurn(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}

/** What a metric counts of one lead: each unit with what it may be asked by, from the lifecycle's own state. */
function unitsOf(metric: string, lead: RandomLead): { of: Record<string, string | undefined>; counted: boolean }[] {
  const { state, events } = lead;
  const phase = phaseOf(lead);
  const { source, topic, campaign } = events[0]!.data as Record<string, string | undefined>;
  const sales = state.offeree ?? state.worker;
  const days = Math.floor((MAY - Date.parse(state.leafSince)) / DAY_MS);
  const of = {
    state: state.leaf,
    phase,
    source,
    topic,
    campaign,
    steward: state.steward?.team,
    stewardPerson: state.steward?.person,
    team: sales?.team,
    person: sales?.person,
    age: AGE_BANDS.findLast(({ from }) => from <= Math.max(0, days))!.band,
  };
  const unit = (is: boolean, counted = true) => (is ? [{ of, counted }] : []);
  const unsettled = !['won', 'disqualified', 'merged'].includes(phase);
  switch (metric) {
    case 'leads-in-state':
      return unit(true);
    case 'stage-ages':
      return unit(unsettled);
    case 'standstill':
      return unit(unsettled, state.leafSince <= MOMENT.standsSince);
    case 'hygiene':
      return state.worker === undefined || phase === 'lost' ? [] : unit(true, lastUpdate(lead) >= MOMENT.hygieneSince);
    case 'silent-leads':
      return unit(phase === 'nurturing', alone(lead, MOMENT.at, MOMENT.silence.withoutTrackSince));
    case 'late-offers':
      return unit(phase === 'offered', (state.offer?.acceptBy ?? 'z') < MOMENT.at);
    default:
      return phase === 'merged'
        ? []
        : owedOf(lead).map((owed) => {
            const [, cycle, person] = owed.split(' ');
            return { of: { ...of, team: workerOf(lead, Number(cycle)), person }, counted: true };
          });
  }
}

const workerOf = ({ events }: RandomLead, cycle: number): string | undefined =>
  events
    .filter((event) => event.data.cycle === cycle)
    .map(
      (event) => (metaOf(event).change as { worker?: { to: { team: string } | null } } | undefined)?.worker?.to?.team,
    )
    .findLast((team) => team !== undefined);

async function everyLead(page: (after: string) => Promise<EvidencePage>) {
  const leads: string[] = [];
  for (let after: string | undefined = ''; ;) {
    const found = await page(after);
    leads.push(...found.leads);
    after = found.next;
    if (after === undefined) return { leads, total: found.total, outside: found.outside };
  }
}

function alone({ events, state }: RandomLead, at: string, withoutTrackSince: string): boolean {
  const touches = events.filter(({ type }) => type === 'LeadContacted.v1');
  const times = touches.map(({ metadata }) => metadata.occurredAt as string);
  const quiet = [state.leafSince, ...times].sort().at(-1)!;
  const returned = events.findLastIndex(({ metadata }) => {
    const { to, from } = (metadata.change as { state?: { to: string; from: string } } | undefined)?.state ?? {};
    return to === 'nurturing' && from !== 'nurturing';
  });
  const track = events.findLast(({ type }, index) => type === 'NurtureStarted.v1' && index >= returned);
  const days = track?.data.maximumSilenceDays as number | undefined;
  return days === undefined ? quiet <= withoutTrackSince : isoTime(Date.parse(quiet) + days * DAY_MS) <= at;
}

interface Meta {
  readonly recordedAt: string;
  readonly imported?: boolean;
  readonly actor: { readonly id: string };
  readonly change?: {
    readonly worker?: { readonly to: { readonly person: string } | null };
    readonly state?: { readonly from: string | null; readonly to: string | null };
  };
}
const metaOf = (event: RandomLead['events'][number]) => event.metadata as unknown as Meta;

function lastUpdate({ events, state }: RandomLead): string {
  const person = state.worker?.person;
  const got = events.findLastIndex((event) => metaOf(event).change?.worker?.to);
  const last = events.findLast((event, i) => i === got || (i > got && metaOf(event).actor.id === person));
  return metaOf(last!).recordedAt;
}

function owedOf({ lead, events }: RandomLead): string[] {
  const worker = new Map<number, string>();
  const ended = new Set<number>();
  const rated = new Set<number>();
  for (const event of events) {
    const cycle = event.data.cycle as number;
    const { change, imported } = metaOf(event);
    if (change?.worker?.to) worker.set(cycle, change.worker.to.person);
    const [from, to] = [change?.state?.from ?? '', change?.state?.to ?? ''];
    const atWork = (state: string) => /^(working|opportunity)/.test(state);
    if (atWork(from) && to !== '' && !atWork(to) && !imported) ended.add(cycle);
    if (event.type === 'LeadQualityRated.v1' && worker.has(cycle)) rated.add(cycle);
  }
  return [...ended].filter((cycle) => !rated.has(cycle)).map((cycle) => `${lead} ${cycle} ${worker.get(cycle)}`);
}
