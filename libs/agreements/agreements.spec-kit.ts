import type { Actor, Decision, EventDraft, Refusal, Role } from '../decider/decision.js';
import type { TeamFact, VersionFacts } from './decide-versions.js';
import type { PolicyContent } from './policy.js';
import type { Recorded } from './recorded.js';
import type { TeamState } from './team.js';

/** ISO time, so many minutes after the scenario's beginning. */
export const at = (minute: number): string => new Date(Date.UTC(2024, 0, 1) + minute * 60_000).toISOString();

export const person = (id: string, role: Role = 'marketing', team?: string): Actor => ({
  kind: 'human',
  id,
  role,
  ...(team !== undefined && { team }),
});

/** What the store does with a decided event, for a decider: it adds the time of recording, and a nonce to the data. */
export const recorded = <Event extends EventDraft>(draft: Event, recordedAt = draft.occurredAt): Recorded<Event> =>
  ({ type: draft.type, data: { ...draft.data, nonce: '0'.repeat(32) }, recordedAt }) as unknown as Recorded<Event>;

type Answer = readonly string[] | Refusal['code'];

/** given events, when a command, then events or a refusal; each accepted command is run again and must add nothing. */
export const scenario = <State, Event extends EventDraft, Command, Facts, Result>(
  initial: State,
  evolve: (state: State, event: Recorded<Event>) => State,
  decide: (command: Command, state: State, facts: Facts) => Decision<Event, Result>,
) => ({
  given: (...events: readonly Recorded<Event>[]) => {
    const state = events.reduce(evolve, initial);
    return {
      state,
      when: (command: Command, facts: Facts) => {
        const decision = decide(command, state, facts);
        return {
          decision,
          then: (expected: Answer) => {
            expect(decision.ok ? decision.events.map(({ type }) => type) : decision.refusal.code).toEqual(expected);
            if (!decision.ok) return;
            const after = decision.events.map((event) => recorded(event)).reduce(evolve, state);
            const again = decide(command, after, facts);
            expect(again).toEqual({ ok: true, result: decision.result, events: [] });
          },
        };
      },
    };
  },
});

const listed = (...people: readonly string[]) => people.map((one) => ({ person: one, listedAt: at(0) }));

export const MARKETING: TeamState = {
  formed: true,
  id: 'mkt',
  kind: 'marketing',
  name: 'Marketing north',
  members: ['ada', 'ben', 'both'],
  managers: ['ada'],
  signatories: listed('ada', 'both'),
  openLeads: null,
};
export const SALES: TeamState = {
  formed: true,
  id: 'sal',
  kind: 'sales',
  name: 'Sales north',
  members: ['cem', 'dot', 'both', 'late'],
  managers: ['cem'],
  signatories: [...listed('cem', 'both'), { person: 'late', listedAt: at(50) }],
  openLeads: null,
};
export const TEAMS: readonly TeamFact[] = [
  { team: MARKETING, revision: 3 },
  { team: SALES, revision: 5 },
];

export const facts = (id: string, minute: number, team?: string): VersionFacts => ({
  now: at(minute),
  actor: person(id, 'marketing', team),
  teams: TEAMS.filter((fact) => fact.team.members.includes(id)),
});

export const POLICY: PolicyContent = {
  criteria: [
    {
      id: 'industry',
      attribute: 'industry',
      rules: [
        { anyOf: ['manufacturing', 'chemistry'], points: 30 },
        { anyOf: ['chemistry', 'retail'], points: 5 },
      ],
      required: true,
    },
    {
      id: 'size',
      attribute: 'companySizeBand',
      rules: [
        { anyOf: ['51-200', '201-1000'], points: 20 },
        { anyOf: ['1-10'], points: -10 },
      ],
    },
    {
      id: 'interest',
      attribute: 'behaviour',
      rules: [
        { anyOf: ['demo-request', 'trial'], points: 40 },
        { anyOf: ['pricing-page', 'trial'], points: 15 },
      ],
      label: 'What they did',
    },
  ],
  threshold: 60,
};
