import { ownershipOf, OWNER_ROLES } from '../lead-lifecycle/ownership.js';
import { decidedLeads } from '../team-views/decided-history.spec-kit.js';
import { leafOf } from '../contracts/leaf.js';
import { ownershipOfLeaves, type PlacedLeaf } from './leaf-ownership.js';

/** Leaves of a lead as they lie among those of others. */
const leavesOf = ({ stream, events }: ReturnType<typeof decidedLeads>[number]): PlacedLeaf[] =>
  events.map((event, revision) => ({
    index: 7 + revision * 3,
    leaf: leafOf({ ...event, stream, revision }, undefined),
  }));

describe('who had a lead, by its leaves', () => {
  const leads = decidedLeads(11, 40, 60);

  it('is what the lifecycle says of the events, each interval with the leaves that began and ended it', () => {
    let intervals = 0;
    for (const lead of leads) {
      const replay = ownershipOfLeaves(leavesOf(lead));
      if (!replay.ok) throw new Error(replay.rule);
      const expected = ownershipOf(lead.steps.map(({ event }) => event));
      for (const role of OWNER_ROLES) {
        expect(replay.value[role]).toEqual(
          expected[role].map((interval) => ({
            ...interval,
            index: 7 + interval.revision * 3,
            ...(interval.ending && { endedIndex: 7 + interval.ending.revision * 3 }),
          })),
        );
        intervals += expected[role].length;
      }
    }
    expect(intervals).toBeGreaterThan(200);
  });

  it('stops where a change takes effect at another time than the rule gives', () => {
    const leaves = leavesOf(leads.find(({ steps }) => steps.filter(({ event }) => event.meta.change).length > 2)!);
    const at = leaves.findLastIndex(({ leaf }) => leaf.change !== undefined);
    const moved = leaves.with(at, {
      ...leaves[at]!,
      leaf: { ...leaves[at]!.leaf, change: { ...leaves[at]!.leaf.change, effectiveAt: '2001-01-01T00:00:00.000Z' } },
    });
    expect(ownershipOfLeaves(moved)).toEqual({
      ok: false,
      index: leaves[at]!.index,
      rule: 'change.effectiveAt is not the later of occurredAt and the one before',
    });
  });

  it('stops at a change that has not its form', () => {
    const [first, ...rest] = leavesOf(leads[0]!);
    const odd = { ...first!, leaf: { ...first!.leaf, change: { ...first!.leaf.change, steward: 'maria' } } };
    expect(ownershipOfLeaves([odd, ...rest])).toMatchObject({ ok: false, index: 7 });
    expect(ownershipOfLeaves([odd, ...rest])).toHaveProperty('rule', expect.stringContaining('change'));
  });
});
