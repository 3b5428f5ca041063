import { at, POLICY } from './agreements.spec-kit.js';
import type { PolicyContent } from './policy.js';
import { initialVersions, type Version, type VersionsState } from './signed-versions.js';
import { inForceAt, nextComingIntoForce, statusAt } from './validity.js';

const version = (number: number, change: Partial<Version<PolicyContent>> = {}): Version<PolicyContent> => ({
  version: number,
  content: POLICY,
  contentHash: `${number}`.repeat(64),
  validFrom: null,
  team: 'mkt',
  proposedBy: 'ben',
  proposedAt: at(0),
  signatures: [],
  inForceFrom: null,
  withdrawn: false,
  ...change,
});
const state = (
  versions: readonly Version<PolicyContent>[],
  signedInOrder: readonly number[],
): VersionsState<PolicyContent> => ({ ...initialVersions('policy', 'default'), versions, signedInOrder });

const SUCCESSION = state(
  [
    version(1, { inForceFrom: at(10) }),
    version(2),
    version(3, { withdrawn: true }),
    version(4, { inForceFrom: at(90) }),
    version(5, { inForceFrom: at(40) }),
    version(6),
  ],
  [1, 4, 5],
);

it.each([
  [9, undefined],
  [10, 1],
  [39, 1],
  [40, 5],
  [89, 5],
  [90, 4],
  [9999, 4],
])('at minute %p version %p is in force', (minute, expected) => {
  expect(inForceAt(SUCCESSION, at(minute))?.version).toBe(expected);
});

it('says from when, until when, and what', () => {
  expect(inForceAt(SUCCESSION, at(50))).toEqual({
    version: 5,
    content: POLICY,
    contentHash: '5'.repeat(64),
    inForceFrom: at(40),
    inForceUntil: at(90),
  });
  expect(inForceAt(SUCCESSION, at(90))).not.toHaveProperty('inForceUntil');
});

it.each([
  [0, 1],
  [10, 5],
  [40, 4],
  [90, undefined],
])('after minute %p version %p is the next', (minute, expected) => {
  expect(nextComingIntoForce(SUCCESSION, at(minute))?.version).toBe(expected);
});

it('of two that begin at one instant, takes the one that was signed later', () => {
  const tied = state([version(1, { inForceFrom: at(10) }), version(2, { inForceFrom: at(10) })], [2, 1]);
  expect(inForceAt(tied, at(10))).toMatchObject({ version: 1 });
  expect(inForceAt(tied, at(10))).not.toHaveProperty('inForceUntil');
  expect(statusAt(tied, tied.versions[1]!, at(10))).toBe('superseded');
});

it('has nothing in force before anything was signed', () => {
  expect(inForceAt(state([version(1)], []), at(9999))).toBeUndefined();
});

it.each([
  [5, ['coming', 'superseded', 'withdrawn', 'coming', 'coming', 'proposed']],
  [10, ['in-force', 'superseded', 'withdrawn', 'coming', 'coming', 'proposed']],
  [40, ['superseded', 'superseded', 'withdrawn', 'coming', 'in-force', 'proposed']],
  [90, ['superseded', 'superseded', 'withdrawn', 'in-force', 'superseded', 'proposed']],
])('at minute %p the versions stand as %p', (minute, expected) => {
  expect(SUCCESSION.versions.map((one) => statusAt(SUCCESSION, one, at(minute)))).toEqual(expected);
});
