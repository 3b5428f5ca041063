import {
  BEN,
  DAY,
  DESK,
  FIELD,
  IMPORTER,
  MAX,
  MONA,
  NORTH,
  SAM,
  SOUTH,
  WAY_TO,
  at,
  does,
  given,
  type Deed,
} from './lead.spec-kit.js';
import { ownersAt, ownershipOf, type Interval, type Ownership } from './ownership.js';

const of = (...deeds: readonly Deed[]): Ownership => ownershipOf(given(...deeds).story.events);
const brief = (intervals: readonly Interval[]) =>
  intervals.map(({ owner, from, until, by, reasonCode, revision }) => [
    owner.person ?? owner.team,
    from,
    until ?? null,
    by.id,
    reasonCode ?? null,
    revision,
  ]);

describe('who had a lead', () => {
  const ownership = of(
    ...WAY_TO['working.contacted'],
    does(MAX, 'reassign'),
    does(BEN, 'transfer-stewardship'),
    does(MAX, 'record-insight', {}, { actor: { kind: 'human', id: 'tia', role: 'sales' } }),
  );

  it('is told by intervals, each with who made it so and why', () => {
    expect(brief(ownership.steward)).toEqual([
      ['ben', at(1), at(7), 'ben', null, 0],
      [SOUTH.id, at(7), null, 'ben', 'workload', 6],
    ]);
    expect(brief(ownership.offeree)).toEqual([['sam', at(3), at(4), 'ben', 'asked-for-sales', 2]]);
    expect(brief(ownership.worker)).toEqual([
      ['sam', at(4), at(6), 'sam', null, 3],
      ['tom', at(6), null, 'max', 'workload', 5],
    ]);
    expect(brief(ownership.accountable)).toEqual([
      [NORTH.id, at(1), at(3), 'ben', null, 0],
      [FIELD.id, at(3), at(6), 'ben', 'asked-for-sales', 2],
      [DESK.id, at(6), null, 'max', 'workload', 5],
    ]);
  });

  it('can be asked for any moment', () => {
    const people = (moment: string) =>
      Object.fromEntries(
        Object.entries(ownersAt(ownership, moment)).map(([role, { owner }]) => [role, owner.person ?? owner.team]),
      );
    expect(people(at(0))).toEqual({});
    expect(people(at(2))).toEqual({ steward: 'ben', accountable: NORTH.id });
    expect(people(at(3))).toEqual({ steward: 'ben', offeree: 'sam', accountable: FIELD.id });
    expect(people(at(4))).toEqual({ steward: 'ben', worker: 'sam', accountable: FIELD.id });
    expect(people(at(DAY))).toEqual({ steward: SOUTH.id, worker: 'tom', accountable: DESK.id });
  });

  it('is not the same as what was known at that moment, where it was told later', () => {
    // told on day 3: on day 1 it passed to another team
    const passed = does(BEN, 'transfer-stewardship', { occurredAt: at(DAY) }, { now: at(3 * DAY) });
    const told = of(...WAY_TO.captured, passed);
    const steward = (moment: string, as: 'happened' | 'known') => ownersAt(told, moment, as).steward?.owner.team;
    expect(steward(at(2 * DAY), 'happened')).toBe(SOUTH.id);
    expect(steward(at(2 * DAY), 'known')).toBe(NORTH.id);
    expect(steward(at(3 * DAY), 'known')).toBe(SOUTH.id);
    expect(steward(at(DAY - 1), 'happened')).toBe(NORTH.id);
  });

  it('never runs backward: what is dated before takes effect with what was there', () => {
    const early = does(IMPORTER, 'transfer-stewardship', { occurredAt: '2019-01-01T00:00:00.000Z' });
    expect(brief(of(...WAY_TO.captured, early).steward)).toEqual([
      ['ben', at(1), at(1), 'ben', null, 0],
      [SOUTH.id, at(1), null, 'loader', 'workload', 1],
    ]);
  });

  it('ends with the offer or the work, never for the steward', () => {
    const merged = of(...WAY_TO.merged, does(MONA, 'unmerge'));
    expect(merged.steward).toHaveLength(1);
    const recycled = of(...WAY_TO.lost, does(SAM, 'recycle'));
    expect(recycled.worker.map(({ until }) => until)).toEqual([at(6)]);
    expect(ownersAt(recycled, at(6))).toMatchObject({ steward: {}, accountable: { owner: { team: NORTH.id } } });
    expect(ownersAt(recycled, at(6)).worker).toBeUndefined();
  });
});
