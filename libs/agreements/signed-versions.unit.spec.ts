import fc from 'fast-check';
import { at, person, POLICY, recorded } from './agreements.spec-kit.js';
import { FIELD_MARKS } from './catalogue.js';
import { decideTeam, type TeamCommand } from './decide-team.js';
import { decideVersions, type VersionCommand } from './decide-versions.js';
import type { PolicyContent } from './policy.js';
import type { Recorded } from './recorded.js';
import { evolveVersions, initialVersions, type VersionEvent, type VersionsState } from './signed-versions.js';
import { evolveTeam, initialTeam, type Team, type TeamEvent } from './team.js';
import { inForceAt, statusAt } from './validity.js';

/** Random people in two teams change the teams and the policy, while the clock goes on and sometimes back. */
const PEOPLE = ['ada', 'ben', 'cem', 'dot'];
const TEAM_IDS = ['mkt', 'sal'] as const;
type TeamId = (typeof TEAM_IDS)[number];
type Policy = Recorded<VersionEvent<PolicyContent>>;

interface Step {
  readonly who: string;
  readonly minutes: number;
  readonly act:
    { readonly team: TeamId; readonly command: TeamCommand } | { readonly policy: VersionCommand<PolicyContent> };
}
interface World {
  minute: number;
  readonly teams: Record<TeamId, Team>;
  /** who now is a listed signatory of which team, and since when: kept apart from the fold */
  readonly listings: Map<string, string>;
  policy: VersionsState<PolicyContent>;
  readonly events: Policy[];
}

const anyone = fc.constantFrom(...PEOPLE);
const hash = fc.constantFrom(...'aaab').map((digit) => digit.repeat(64));
const versionNumber = fc.integer({ min: 1, max: 4 });
const teamCommand = fc.record({
  type: fc.constantFrom('join', 'listSignatory', 'listSignatory', 'unlistSignatory', 'leave'),
  person: anyone,
}) as fc.Arbitrary<TeamCommand>;
const proposal = fc
  .tuple(hash, fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }))
  .map(([contentHash, minute]): VersionCommand<PolicyContent> => ({
    type: 'propose',
    content: POLICY,
    contentHash,
    ...(minute !== undefined && { validFrom: at(minute) }),
  }));
const signing = fc.record({ type: fc.constant('sign' as const), version: versionNumber, contentHash: hash });
const withdrawal = fc.record({ type: fc.constant('withdraw' as const), version: versionNumber });
const act: fc.Arbitrary<Step['act']> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ team: fc.constantFrom(...TEAM_IDS), command: teamCommand }) },
  { weight: 2, arbitrary: fc.record({ policy: proposal }) },
  { weight: 8, arbitrary: fc.record({ policy: signing }) },
  { weight: 1, arbitrary: fc.record({ policy: withdrawal }) },
);
const steps = fc.array(fc.record({ who: anyone, minutes: fc.integer({ min: -3, max: 12 }), act }), {
  minLength: 20,
  maxLength: 60,
});

function begin(): World {
  const world: World = {
    minute: 0,
    teams: { mkt: initialTeam('mkt'), sal: initialTeam('sal') },
    listings: new Map(),
    policy: initialVersions('policy', 'default'),
    events: [],
  };
  const members = { mkt: ['ada', 'ben', 'cem'], sal: ['cem', 'dot', 'ben'] };
  for (const team of TEAM_IDS) {
    changeTeam(world, team, { type: 'form', kind: team === 'mkt' ? 'marketing' : 'sales', name: team });
    for (const one of members[team]) changeTeam(world, team, { type: 'join', person: one });
    for (const one of members[team].slice(0, 2)) changeTeam(world, team, { type: 'listSignatory', person: one });
  }
  return world;
}

function changeTeam(world: World, id: TeamId, command: TeamCommand): void {
  const now = at(world.minute);
  const decision = decideTeam(command, world.teams[id], { now, actor: person('root', 'admin') });
  const events: readonly TeamEvent[] = decision.ok ? decision.events : [];
  for (const event of events) {
    world.teams[id] = evolveTeam(world.teams[id], recorded(event));
    if (event.type === 'SignatoryListed.v1') world.listings.set(`${id} ${event.data.person}`, now);
    if (event.type === 'SignatoryUnlisted.v1') world.listings.delete(`${id} ${event.data.person}`);
  }
}

function changePolicy(world: World, who: string, command: VersionCommand<PolicyContent>): void {
  const teams = TEAM_IDS.flatMap((id) => {
    const team = world.teams[id];
    return team.formed ? [{ team, revision: 0 }] : [];
  });
  const decision = decideVersions(command, world.policy, { now: at(world.minute), actor: person(who), teams });
  for (const event of decision.ok ? decision.events : []) {
    const recordedAt = event.occurredAt > world.policy.recordedAt ? event.occurredAt : world.policy.recordedAt;
    world.events.push(recorded(event, recordedAt));
    if ('signatory' in event.data) {
      const listedAt = world.listings.get(`${event.data.team} ${event.data.signatory}`) ?? 'not listed';
      expect(listedAt <= (world.policy.versions[event.data.version - 1]?.proposedAt ?? '')).toBe(true);
    }
    world.policy = evolveVersions(world.policy, recorded(event, recordedAt));
  }
}

/** From the raw events alone, without the fold: what makes a version count. */
function mayBeInForce(events: readonly Policy[], version: number, time: string): boolean {
  const of = events.filter(({ data }) => data.version === version);
  const [proposed] = of.flatMap((event) => (event.type === 'PolicyProposed.v1' ? [event] : []));
  const signed = of.flatMap((event) => (event.type === 'PolicySigned.v1' ? [event] : []));
  return (
    signed.length === 2 &&
    new Set(signed.map(({ data }) => data.signatory)).size === 2 &&
    new Set(signed.map(({ data }) => data.teamKind)).size === 2 &&
    signed.every(({ data }) => data.contentHash === proposed?.data.contentHash) &&
    (signed[1]?.recordedAt ?? '9') <= time &&
    (proposed?.data.validFrom ?? '') <= time &&
    of.every(({ type }) => type !== 'PolicyWithdrawn.v1')
  );
}

const PROBES = Array.from({ length: 25 }, (_, n) => at(n * 20));
let versionsInForce = 0;
let superseded = 0;

function holds({ policy, ...world }: World): void {
  for (const time of PROBES) {
    const standing = policy.versions.filter((version) => statusAt(policy, version, time) === 'in-force');
    const inForce = inForceAt(policy, time);
    expect(standing.map(({ version }) => version)).toEqual(inForce ? [inForce.version] : []);
    if (!inForce) continue;
    const { inForceFrom, inForceUntil = '9', version } = inForce;
    expect(mayBeInForce(world.events, version, time) && inForceFrom <= time && time < inForceUntil).toBe(true);
    versionsInForce += 1;
  }
  expect(policy.versions.map(({ version }) => version)).toEqual(policy.versions.map((_, index) => index + 1));
  superseded += policy.versions.filter((version) => statusAt(policy, version, at(490)) === 'superseded').length;
}

it('holds over random people, teams, signatures and times', () => {
  fc.assert(
    fc.property(steps, (walk) => {
      const world = begin();
      for (const { who, minutes, act } of walk) {
        world.minute = Math.max(0, world.minute + minutes);
        const before = world.policy;
        if ('policy' in act) changePolicy(world, who, act.policy);
        else changeTeam(world, act.team, act.command);
        if (world.policy !== before) {
          const past = PROBES.filter((time) => time < world.policy.recordedAt);
          const inForce = (state: World['policy']) => past.map((time) => inForceAt(state, time)?.version);
          expect(inForce(world.policy)).toEqual(inForce(before));
        }
      }
      holds(world);
      expect(world.events.reduce(evolveVersions, initialVersions<PolicyContent>('policy', 'default'))).toEqual(
        world.policy,
      );
      for (const { type, data } of world.events) {
        expect(
          Object.keys(data)
            .filter((field) => field !== 'nonce')
            .sort(),
        ).toEqual(Object.keys(FIELD_MARKS[type]).sort());
      }
    }),
    { numRuns: 150 },
  );
  // The walks must get somewhere, or the above says nothing.
  expect(versionsInForce).toBeGreaterThan(200);
  expect(superseded).toBeGreaterThan(10);
});
