import fc from 'fast-check';
import { isoTime } from '../decider/clock.js';
import type { LeadEvent } from '../lead-lifecycle/lead-events.js';
import { OWNER_ROLES, ownersAt, ownershipOf, type Interval, type OwnerRole } from '../lead-lifecycle/ownership.js';
import { afterFeed, feedOf, recordedAll, shuffledAcrossStreams } from '../projection-runner/projection.spec-kit.js';
import { onEachReadDatabase, openReadDatabase } from '../read-database/read-database.spec-kit.js';
import { DAY_MS } from './card-standing.js';
import type { OwnerInterval } from './lead-card.js';
import { LeadCardProjection } from './lead-card-projection.js';
import { LeadCards } from './lead-cards.js';
import { MARKETING, randomLeads, SALES, seeded, type RandomLead } from './lead-history.spec-kit.js';
import { decidedLeads } from './decided-history.spec-kit.js';
import { readLeadRecord } from './lead-record.js';
import type { LeadStep } from './outcome-history.spec-kit.js';
import { ownersThen, PastOwners, type HeldCursor, type HeldQuery } from './past-owners.js';
import { OwnershipChanges, type ChangeCursor, type ChangesQuery } from './ownership-changes.js';
import type { Scope } from './scope.js';

const ALL: Scope = { all: true };
const NORTH: Scope = { marketingTeams: MARKETING.slice(0, 1), salesTeams: SALES.slice(0, 1) };
const FIRST = Date.UTC(2026, 0, 1);

const trailOf = ({ events, stream }: RandomLead) =>
  ownershipOf(
    events.map((event, revision) => readLeadRecord({ ...event, stream, revision, position: '1' }) as LeadEvent),
  );
const mayRead = ({ state }: RandomLead): boolean =>
  state.steward?.team === MARKETING[0] || state.offeree?.team === SALES[0] || state.workedBy.includes(SALES[0]!);

/** Instants at random, and those at which something began, was recorded or ended, where off-by-one errors show. */
function instantsOf(lead: RandomLead, random: () => number): string[] {
  const edges = lead.events.flatMap(({ metadata }) => [metadata.occurredAt as string, metadata.recordedAt as string]);
  const anywhere = Array.from({ length: 10 }, () => isoTime(FIRST + Math.floor(random() * 300 * DAY_MS)));
  return [...edges, ...anywhere];
}

onEachReadDatabase('the owners of the past', () => {
  it('are at any instant those of the pure fold, as happened and as known', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
        const leads = randomLeads(seed, 15, 50);
        const random = seeded(seed);
        await withViews(leads, random, async ({ cards }) => {
          for (const lead of leads) {
            const intervals = (await cards.owners(lead.lead, ALL))!;
            const trail = trailOf(lead);
            for (const at of instantsOf(lead, random)) {
              for (const as of ['happened', 'known'] as const) {
                const [seen, folded] = [ownersThen(intervals, at, as), ownersAt(trail, at, as)];
                expect({ at, as, ...withEach((role) => seenOf(seen[role])) }).toEqual({
                  at,
                  as,
                  ...withEach((role) => foldedOf(folded[role])),
                });
              }
            }
          }
        });
      }),
      { numRuns: 4 },
    );
  });

  it('are at any instant what replaying the decided events up to then gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
        const leads = decidedLeads(seed, 8, 60);
        await withViews(leads, seeded(seed), async ({ cards }) => {
          for (const lead of leads) {
            const intervals = (await cards.owners(lead.lead, ALL))!;
            for (const at of new Set(instantsOf(lead, seeded(seed)))) {
              const happened = lead.steps.findLast(({ event }) => (event.meta.change?.effectiveAt ?? '~') <= at);
              const known = lead.steps.findLast(({ event }) => event.meta.recordedAt <= at);
              const shown = [ownersThen(intervals, at, 'happened'), ownersThen(intervals, at, 'known')];
              expect({ at, owners: shown.map((then) => withEach((role) => holderOf(then[role]))) }).toEqual({
                at,
                owners: [happened, known].map((step) => withEach((role) => replayed(step, role))),
              });
            }
          }
        });
      }),
      { numRuns: 3 },
    );
  });

  it.each([ALL, NORTH])(
    'held in a period what the pure fold says, page by page, within the scope %j',
    async (scope) => {
      const leads = randomLeads(31, 80, 40);
      const random = seeded(31);
      await withViews(leads, random, async ({ past }) => {
        const asked = [
          { team: SALES[0]! },
          { team: MARKETING[1]! },
          { person: 'p1' },
          { team: SALES[1]!, person: 'p2' },
        ];
        for (const of of asked) {
          const start = FIRST + Math.floor(random() * 150 * DAY_MS);
          const [from, to] = [isoTime(start), isoTime(start + 20 * DAY_MS)];
          const expected = leads
            .filter((lead) => scope.all || mayRead(lead))
            .flatMap((lead) =>
              OWNER_ROLES.flatMap((role) =>
                trailOf(lead)
                  [role].filter(({ owner }) => !('team' in of) || owner.team === of.team)
                  .filter(({ owner }) => !('person' in of) || owner.person === of.person)
                  .filter(
                    ({ from: since, until }) => since < to && (until === undefined || (until > from && until > since)),
                  )
                  .map(({ from: since, revision }) => `${since} ${lead.lead} ${role} ${revision}`),
              ),
            );
          const found = await everyHeld(past, { scope, from, to, ...of });
          expect(found).toEqual(expected.sort());
        }
      });
    },
  );

  it.each([ALL, NORTH])('were changed by an actor as the events say, within the scope %j', async (scope) => {
    const leads = randomLeads(37, 60, 40);
    await withViews(leads, seeded(37), async ({ changes }) => {
      const [from, to] = ['2026-02-01T00:00:00.000Z', '2026-05-01T00:00:00.000Z'];
      const expected = leads
        .filter((lead) => scope.all || mayRead(lead))
        .flatMap((lead) => lead.events.map((event, revision) => ({ lead: lead.lead, revision, ...event.metadata })))
        .map((event) => event as unknown as Changed)
        .filter(({ actor, recordedAt }) => actor.id === 'p3' && recordedAt >= from && recordedAt < to)
        .filter(({ change }) => OWNER_ROLES.some((role) => change?.[role] !== undefined))
        .map(({ recordedAt, lead, revision, change }) => ({
          at: `${recordedAt} ${lead} ${revision}`,
          effectiveAt: change!.effectiveAt,
          changed: OWNER_ROLES.filter((role) => change![role])
            .map((role) => ({ role, from: owner(change![role]!.from), to: owner(change![role]!.to) }))
            .sort((a, b) => (a.role < b.role ? -1 : 1)),
        }))
        .sort((a, b) => (a.at < b.at ? -1 : 1));
      expect(await everyChange(changes, { scope, actor: 'p3', from, to })).toEqual(expected);
      expect(expected.length).toBeGreaterThan(5);
    });
  });
});

interface Changed {
  readonly lead: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly actor: { readonly id: string };
  readonly change?: { readonly effectiveAt: string } & Readonly<Record<string, { from: unknown; to: unknown }>>;
}
const owner = (one: unknown) => (typeof one === 'string' ? { team: one } : one);

const withEach = <T>(of: (role: OwnerRole) => T) => Object.fromEntries(OWNER_ROLES.map((role) => [role, of(role)]));
const holderOf = (had: OwnerInterval | undefined) => had && { team: had.team, person: had.person };
const replayed = (step: LeadStep | undefined, role: OwnerRole) => {
  const had = step?.after[role];
  if (had === undefined || typeof had === 'string') return had && { team: had, person: undefined };
  return { team: had.team, person: had.person };
};
const seenOf = (had: OwnerInterval | undefined) => had && [had.team, had.person, had.by.id, had.reason, had.revision];
const foldedOf = (had: Interval | undefined) =>
  had && [had.owner.team, had.owner.person, had.by.id, had.reasonCode, had.revision];

async function everyHeld(past: PastOwners, query: Omit<HeldQuery, 'limit'>): Promise<string[]> {
  const found: string[] = [];
  let after: HeldCursor | undefined;
  do {
    const page = await past.held({ ...query, limit: 3, ...(after && { after }) });
    found.push(...page.intervals.map(({ since, lead, role, revision }) => `${since} ${lead} ${role} ${revision}`));
    after = page.next;
  } while (after);
  return found;
}

async function everyChange(changes: OwnershipChanges, query: Omit<ChangesQuery, 'limit'>) {
  const found = [];
  let after: ChangeCursor | undefined;
  do {
    const page = await changes.by({ ...query, limit: 3, ...(after && { after }) });
    for (const { recordedAt, lead, revision, effectiveAt, changed } of page.changes) {
      found.push({ at: `${recordedAt} ${lead} ${revision}`, effectiveAt, changed });
    }
    after = page.next;
  } while (after);
  return found;
}

interface Views {
  readonly cards: LeadCards;
  readonly past: PastOwners;
  readonly changes: OwnershipChanges;
}

async function withViews(
  leads: readonly RandomLead[],
  random: () => number,
  look: (views: Views) => Promise<void>,
): Promise<void> {
  const opened = await openReadDatabase();
  try {
    const { database } = opened;
    const feed = feedOf(shuffledAcrossStreams(random)(recordedAll(leads)), 53);
    await afterFeed(database, [new LeadCardProjection()], feed, () =>
      look({
        cards: new LeadCards(database),
        past: new PastOwners(database),
        changes: new OwnershipChanges(database),
      }),
    );
  } finally {
    await opened.dispose();
  }
}
