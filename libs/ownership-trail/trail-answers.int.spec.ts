import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isoTime } from '../decider/clock.js';
import { afterFeed, feedOf, recordedAll, shuffledAcrossStreams } from '../projection-runner/projection.spec-kit.js';
import { openSqlite } from '../read-database/read-database.spec-kit.js';
import { decidedLeads } from '../team-views/decided-history.spec-kit.js';
import type { By, OwnerInterval } from '../team-views/lead-card.js';
import { LeadCardProjection } from '../team-views/lead-card-projection.js';
import { LeadCards } from '../team-views/lead-cards.js';
import { seeded } from '../team-views/lead-history.spec-kit.js';
import { OwnershipChanges } from '../team-views/ownership-changes.js';
import { ownersThen as ownersThenByViews, PastOwners } from '../team-views/past-owners.js';
import type { SteppedLead } from '../team-views/outcome-history.spec-kit.js';
import { LeafIndex } from './leaf-index.js';
import { isInSight, type OwnTeams } from './lead-sight.js';
import { allLeaves, publishedSize, sealEvents } from './sealed-log.spec-kit.js';
import { ownersThen, type TrailInterval } from './trail-answer.js';
import { TrailAnswers } from './trail-answers.js';
import { newTrailFolder } from './trail.spec-kit.js';

const EVERYTHING = { all: true } as const;
const DAY_MS = 86_400_000;

interface Both {
  readonly leads: readonly SteppedLead[];
  readonly random: () => number;
  readonly answers: TrailAnswers;
  readonly folder: string;
  readonly views: { readonly cards: LeadCards; readonly past: PastOwners; readonly changes: OwnershipChanges };
}

/** The same random history once in the views and once in the log, whose index came along checkpoint by checkpoint. */
async function withBoth(seed: number, look: (both: Both) => Promise<void>): Promise<void> {
  const leads = decidedLeads(seed, 8, 60);
  const random = seeded(seed);
  const events = shuffledAcrossStreams(random)(recordedAll(leads));
  const folder = newTrailFolder();
  const index = await LeafIndex.open(join(folder, 'index.sqlite'), folder);
  const read = await openSqlite();
  try {
    const batch = 1 + Math.floor(random() * 300);
    await sealEvents(folder, events, batch, async () => {
      if (random() < 0.5) await index.catchUp();
    });
    await index.catchUp();
    await afterFeed(read.database, [new LeadCardProjection()], feedOf(events), () =>
      look({
        leads,
        random,
        folder,
        answers: new TrailAnswers(index),
        views: {
          cards: new LeadCards(read.database),
          past: new PastOwners(read.database),
          changes: new OwnershipChanges(read.database),
        },
      }),
    );
  } finally {
    await index.close();
    await read.dispose();
    rmSync(folder, { recursive: true });
  }
}

const onRandomHistories = (runs: number, look: (both: Both) => Promise<void>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), (seed) => withBoth(seed, look)),
    { numRuns: runs },
  );

/** What both know of an interval. */
const ofViews = ({ cycle: _cycle, ...interval }: OwnerInterval) => interval;
function ofTrail({ index: _index, by, ended, ...interval }: TrailInterval) {
  return { ...interval, by: byOf(by), ...(ended && { ended: endOf(ended) }) };
}
const endOf = ({ index: _index, by, ...end }: NonNullable<TrailInterval['ended']>) => ({ ...end, by: byOf(by) });
const byOf = ({ id, kind, role }: By): By => ({ id, kind, role });
const place = ({ lead, role, revision }: { lead: string; role: string; revision: number }) =>
  `${lead} ${role} ${revision}`;

function instantsOf({ events }: SteppedLead, random: () => number): readonly string[] {
  const edges = events.flatMap(({ metadata }) => [metadata['occurredAt'] as string, metadata['recordedAt'] as string]);
  const [first = '', last = ''] = [edges[0], edges.at(-1)];
  const span = Date.parse(last) - Date.parse(first) + 2 * DAY_MS;
  const anywhere = Array.from({ length: 5 }, () => isoTime(Date.parse(first) - DAY_MS + Math.floor(random() * span)));
  return [...new Set([...edges, ...anywhere])];
}

async function everyPage<Row, Cursor>(
  ask: (after: Cursor | undefined) => Promise<{ readonly rows: readonly Row[]; readonly next?: Cursor }>,
): Promise<readonly Row[]> {
  const all: Row[] = [];
  let after: Cursor | undefined;
  do {
    const page = await ask(after);
    all.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return all;
}

describe('what the sealed leaves say', () => {
  it('of a lead is what its views say: intervals, owners at any instant, and who may read it', async () => {
    await onRandomHistories(3, async ({ leads, random, answers, views, folder }) => {
      for (const lead of leads) {
        const { found, checkpoint } = await answers.ofLead(lead.lead);
        expect(checkpoint.size).toBe(publishedSize(folder));
        const seen = (await views.cards.owners(lead.lead, EVERYTHING)) ?? [];
        const byPlace = (a: { role: string; revision: number }, b: { role: string; revision: number }) =>
          a.revision - b.revision || (a.role < b.role ? -1 : 1);
        expect(found?.intervals.map(ofTrail).toSorted(byPlace)).toEqual(seen.map(ofViews).toSorted(byPlace));
        expect(found?.revision).toBe(lead.events.length - 1);

        for (const at of instantsOf(lead, random)) {
          for (const as of ['happened', 'known'] as const) {
            const sealed = Object.values(ownersThen(found?.intervals ?? [], at, as)).map(ofTrail);
            const viewed = Object.values(ownersThenByViews(seen, at, as)).map(ofViews);
            expect({ at, as, owners: sealed.toSorted(byPlace) }).toEqual({ at, as, owners: viewed.toSorted(byPlace) });
          }
        }
        for (const teams of TEAM_SETS) {
          const ids = (kind: string) => teams.filter((team) => team.kind === kind).map(({ id }) => id);
          const scope = { marketingTeams: ids('marketing'), salesTeams: ids('sales') };
          const shown = await views.cards.find(lead.lead, scope);
          expect(isInSight(found?.held ?? [], teams)).toBe(shown !== undefined);
        }
      }
    });
  });

  it('names the leaves that say so', async () => {
    await onRandomHistories(2, async ({ leads, answers, folder }) => {
      const leaves = await allLeaves(folder);
      for (const { lead, stream, events } of leads) {
        const all = (await answers.leavesOf(stream)).found;
        expect(all.map((index) => leaves[index]?.leaf.eventId)).toEqual(events.map(({ id }) => id));
        const { found } = await answers.ofLead(lead);
        for (const { index, revision, role, team, person, ended } of found?.intervals ?? []) {
          expect([index, ended?.index]).toEqual([all[revision], ended && all[ended.revision]]);
          const to = (leaves[index]?.leaf.change as Record<string, { to: unknown }>)[role]?.to;
          expect(to).toEqual(role === 'accountable' ? team : { team, ...(person !== undefined && { person }) });
        }
      }
    });
  });

  it('that a team or a person had in a period is what the views say, page by page', async () => {
    await onRandomHistories(2, async ({ leads, random, answers, views }) => {
      const times = leads
        .flatMap(({ events }) => events.map(({ metadata }) => metadata['occurredAt'] as string))
        .sort();
      let found = 0;
      for (const of of ASKED) {
        const [from, to] = [pick(times, random), pick(times, random)].sort();
        const period = { ...(random() < 0.8 && { from }), ...(random() < 0.8 && { to }) };
        const sealed = await everyPage(async (after: Parameters<TrailAnswers['held']>[0]['after']) => {
          const { found: page } = await answers.held({ ...of, ...period, limit: 3, ...(after && { after }) });
          return { rows: page.intervals, ...(page.next && { next: page.next }) };
        });
        const seen = await everyPage(async (after: Parameters<PastOwners['held']>[0]['after']) => {
          const query = { scope: EVERYTHING, ...of, ...period, limit: 50, ...(after && { after }) };
          const { intervals, next } = await views.past.held(query);
          return { rows: intervals, ...(next && { next }) };
        });
        expect(sealed.map(place)).toEqual(seen.map(place));
        expect(sealed.map(ofTrail)).toEqual(seen.map(ofViews));
        found += sealed.length;
      }
      expect(found).toBeGreaterThan(0);
    });
  });

  it('that an actor changed of who had what is what the views say, and all that the leaves hold', async () => {
    await onRandomHistories(2, async ({ leads, random, answers, views, folder }) => {
      const leaves = await allLeaves(folder);
      const times = leaves.map(({ leaf }) => leaf.recordedAt).sort();
      const actors = [...new Set(leaves.map(({ leaf }) => leaf.actor.id))];
      expect(leads.length).toBeGreaterThan(0);
      for (const actor of actors) {
        const [from = '', to = ''] = [pick(times, random), pick(times, random)].sort();
        const sealed = await everyPage(async (after: Parameters<TrailAnswers['changes']>[0]['after']) => {
          const { found } = await answers.changes({ actor, from, to, limit: 3, ...(after && { after }) });
          return { rows: found.changes, ...(found.next && { next: found.next }) };
        });
        const { changes } = await views.changes.by({ scope: EVERYTHING, actor, from, to, limit: 100_000 });
        const moved = sealed.filter(({ changed }) => changed.length > 0);
        const brief = ({ lead, revision, recordedAt, effectiveAt, reason, changed }: (typeof changes)[number]) => ({
          at: `${recordedAt} ${lead} ${revision}`,
          effectiveAt,
          reason,
          changed: changed.toSorted((a, b) => (a.role < b.role ? -1 : 1)),
        });
        const byText = (a: { at: string }, b: { at: string }) => (a.at < b.at ? -1 : 1);
        expect(moved.map(brief).toSorted(byText)).toEqual(changes.map(brief).toSorted(byText));
        const expected = leaves
          .filter(({ leaf }) => leaf.actor.id === actor && leaf.change !== undefined)
          .filter(({ leaf }) => leaf.recordedAt >= from && leaf.recordedAt < to);
        expect(sealed.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(expected.map(({ index }) => index));
      }
    });
  });
});

const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)]!;
const TEAM_SETS: readonly OwnTeams[] = [
  [],
  [{ id: 'mkt-north', kind: 'marketing' }],
  [{ id: 'mkt-south', kind: 'marketing' }],
  [{ id: 'sal-field', kind: 'sales' }],
  [{ id: 'sal-desk', kind: 'sales' }],
  [
    { id: 'sal-desk', kind: 'sales' },
    { id: 'mkt-south', kind: 'marketing' },
  ],
];
const ASKED = [
  { team: 'sal-field' },
  { team: 'mkt-north' },
  { team: 'sal-desk', role: 'worker' },
  { person: 'ben' },
  { person: 'sam' },
  { person: 'sam', team: 'sal-field', role: 'offeree' },
] as const;
