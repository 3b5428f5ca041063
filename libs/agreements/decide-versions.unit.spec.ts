import type { AgreementContent } from './agreement-content.js';
import { at, facts, MARKETING, POLICY, recorded, SALES, scenario, TEAMS } from './agreements.spec-kit.js';
import { decideVersions, MOST_OPEN_PROPOSALS, type VersionCommand } from './decide-versions.js';
import { DEFAULT_AGREEMENT } from './default-agreement.js';
import type { PolicyContent } from './policy.js';
import { evolveVersions, initialVersions, versionsStream, type VersionEvent } from './signed-versions.js';

type Command = VersionCommand<PolicyContent>;
const policy = () =>
  scenario(
    initialVersions<PolicyContent>('policy', 'default'),
    evolveVersions<PolicyContent>,
    decideVersions<PolicyContent>,
  );

const HASH = 'a'.repeat(64);
const OTHER_HASH = 'b'.repeat(64);
const propose = (contentHash = HASH, validFrom?: string): Command => ({
  type: 'propose',
  content: POLICY,
  contentHash,
  ...(validFrom !== undefined && { validFrom }),
});
const sign = (version = 1, contentHash = HASH): Command => ({ type: 'sign', version, contentHash });
const withdraw = (version = 1): Command => ({ type: 'withdraw', version });

/** The events of commands that all are accepted: who, when, what. */
const history = (...steps: readonly (readonly [string, number, Command])[]) =>
  steps.reduce<readonly ReturnType<typeof recorded<VersionEvent<PolicyContent>>>[]>(
    (events, [who, minute, command]) => {
      const { decision } = policy()
        .given(...events)
        .when(command, facts(who, minute));
      if (!decision.ok) throw new Error(`${who} ${command.type}: ${JSON.stringify(decision.refusal)}`);
      return [...events, ...decision.events.map((event) => recorded(event))];
    },
    [],
  );

const PROPOSED = history(['ben', 10, propose()]);
const BY_MARKETING = history(['ben', 10, propose()], ['ada', 20, sign()]);
const BY_SALES = history(['ben', 10, propose()], ['cem', 20, sign()]);
const IN_FORCE = history(['ben', 10, propose()], ['ada', 20, sign()], ['cem', 30, sign()]);
const HISTORIES = {
  none: [],
  proposed: PROPOSED,
  byMarketing: BY_MARKETING,
  bySales: BY_SALES,
  inForce: IN_FORCE,
  coming: history(['ben', 10, propose(HASH, at(900))], ['ada', 20, sign()], ['cem', 30, sign()]),
  withdrawn: history(['ben', 10, propose()], ['ada', 15, sign()], ['ben', 20, withdraw()]),
  overtaken: history(
    ['ben', 10, propose()],
    ['ada', 15, sign()],
    ['cem', 20, propose(OTHER_HASH)],
    ['ada', 25, sign(2, OTHER_HASH)],
    ['cem', 30, sign(2, OTHER_HASH)],
  ),
};
const COMMANDS = {
  propose: ['ben', propose()],
  marketing: ['ada', sign()],
  sales: ['cem', sign()],
  unlisted: ['dot', sign()],
  wrongHash: ['ada', sign(1, OTHER_HASH)],
  withdraw: ['ben', withdraw()],
} as const;
type Row = Record<keyof typeof COMMANDS, string | readonly string[]>;
const P = ['PolicyProposed.v1'];
const S = ['PolicySigned.v1'];
const W = ['PolicyWithdrawn.v1'];
const not = 'not-found';
const no = 'forbidden';
const con = 'conflict';
const TABLE: Record<keyof typeof HISTORIES, Row> = {
  none: { propose: P, marketing: not, sales: not, unlisted: not, wrongHash: not, withdraw: not },
  proposed: { propose: [], marketing: S, sales: S, unlisted: no, wrongHash: con, withdraw: W },
  byMarketing: { propose: [], marketing: [], sales: S, unlisted: no, wrongHash: con, withdraw: W },
  bySales: { propose: [], marketing: S, sales: [], unlisted: no, wrongHash: con, withdraw: W },
  inForce: { propose: P, marketing: [], sales: [], unlisted: no, wrongHash: con, withdraw: con },
  coming: { propose: P, marketing: [], sales: [], unlisted: no, wrongHash: con, withdraw: con },
  withdrawn: { propose: P, marketing: con, sales: con, unlisted: no, wrongHash: con, withdraw: [] },
  overtaken: { propose: P, marketing: [], sales: con, unlisted: no, wrongHash: con, withdraw: W },
};

describe('every state of a version and every command, each run again', () => {
  const cells = (Object.keys(HISTORIES) as (keyof typeof HISTORIES)[]).flatMap((state) =>
    (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).map((name) => [state, name, TABLE[state][name]] as const),
  );
  it.each(cells)('%s, %s: %p', (state, name, expected) => {
    const [who, command] = COMMANDS[name];
    policy()
      .given(...HISTORIES[state])
      .when(command, facts(who, 60))
      .then(expected as readonly string[]);
  });
});

describe('what is written', () => {
  const drafts = (events: typeof PROPOSED, who: string, minute: number, command: Command) => {
    const { decision } = policy()
      .given(...events)
      .when(command, facts(who, minute));
    return decision.ok ? decision.events : [];
  };

  it('is who proposed what, for which team, and where that was read', () => {
    expect(drafts([], 'ben', 10, propose(HASH, at(99)))).toEqual([
      {
        type: 'PolicyProposed.v1',
        occurredAt: at(10),
        data: {
          version: 1,
          content: POLICY,
          contentHash: HASH,
          validFrom: at(99),
          proposedBy: 'ben',
          team: 'mkt',
          teamKind: 'marketing',
          facts: [{ name: 'team', stream: 'team-mkt', revision: 3 }],
        },
      },
    ]);
  });

  it.each([
    ['the second signature, where no date was agreed', undefined, at(30)],
    ['the agreed date, where that comes later', at(900), at(900)],
    ['the second signature, where the agreed date has passed', at(15), at(30)],
  ])('is on the second signature that it is in force from %s', (_, validFrom, inForceFrom) => {
    const events = history(['ben', 10, propose(HASH, validFrom)], ['cem', 20, sign()]);
    expect(events[1]?.data).toMatchObject({ signatory: 'cem', teamKind: 'sales', inForceFrom: null });
    expect(drafts(events, 'ada', 30, sign())[0]?.data).toMatchObject({
      version: 1,
      contentHash: HASH,
      signatory: 'ada',
      teamKind: 'marketing',
      inForceFrom,
    });
  });

  it('does not run backward where the clock does', () => {
    expect(drafts(BY_MARKETING, 'cem', 5, sign())[0]?.data).toMatchObject({ inForceFrom: at(20) });
  });

  it('has the names of the agreement for an agreement', () => {
    const agreement = scenario(
      initialVersions<AgreementContent>('agreement', 'dach'),
      evolveVersions<AgreementContent>,
      decideVersions<AgreementContent>,
    );
    const given = (...steps: readonly (readonly [string, VersionCommand<AgreementContent>])[]) =>
      steps.reduce<readonly string[]>((types, [who, command], index) => {
        const { decision } = agreement.given(...events).when(command, facts(who, 10 + index));
        if (decision.ok) events.push(...decision.events.map((event) => recorded(event)));
        return [...types, ...(decision.ok ? decision.events.map(({ type }) => type) : [decision.refusal.code])];
      }, []);
    const events: ReturnType<typeof recorded<VersionEvent<AgreementContent>>>[] = [];
    const content = { type: 'propose', content: DEFAULT_AGREEMENT } as const;
    expect(
      given(
        ['dot', { ...content, contentHash: HASH }],
        ['cem', { type: 'sign', version: 1, contentHash: HASH }],
        ['dot', { ...content, contentHash: OTHER_HASH }],
        ['dot', { type: 'withdraw', version: 2 }],
        ['ada', { type: 'sign', version: 1, contentHash: HASH }],
      ),
    ).toEqual([
      'AgreementProposed.v1',
      'AgreementSigned.v1',
      'AgreementProposed.v1',
      'AgreementWithdrawn.v1',
      'AgreementSigned.v1',
    ]);
    expect(versionsStream('agreement', 'dach')).toBe('agreement-dach');
  });
});

describe('who may', () => {
  const answer = (events: typeof PROPOSED, command: Command, read: Parameters<typeof decideVersions>[2]) => {
    const { decision } = policy()
      .given(...events)
      .when(command, read);
    return decision.ok ? decision.events.map(({ data }) => data) : decision.refusal.code;
  };
  const inBoth = (team?: string) => ({ ...facts('both', 20, team), teams: TEAMS });

  it('propose: members of either kind of team, and nobody else', () => {
    expect(answer([], propose(), facts('dot', 10))).toMatchObject([{ teamKind: 'sales', proposedBy: 'dot' }]);
    expect(answer([], propose(), { ...facts('eve', 10), teams: TEAMS })).toBe('forbidden');
    expect(answer([], propose(), { now: at(10), actor: { kind: 'rule', id: 'ada', role: 'rule' }, teams: TEAMS })).toBe(
      'forbidden',
    );
  });

  it('sign: who was listed before the proposal', () => {
    const late = history(['ben', 60, propose()]);
    expect(answer(PROPOSED, sign(), facts('late', 70))).toBe('forbidden');
    expect(answer(late, sign(), facts('late', 70))).toMatchObject([{ signatory: 'late' }]);
  });

  it('sign: who still is listed', () => {
    const unlisted = { team: { ...MARKETING, signatories: [] }, revision: 4 };
    expect(answer(PROPOSED, sign(), { ...facts('ada', 20), teams: [unlisted] })).toBe('forbidden');
  });

  it('sign: not a second signatory of the same side', () => {
    expect(answer(BY_MARKETING, sign(), { ...facts('both', 30), teams: TEAMS.slice(0, 1) })).toBe('conflict');
  });

  it('sign: one person for one team only, also when listed by both', () => {
    const first = policy()
      .given(...PROPOSED)
      .when(sign(), inBoth('mkt')).decision;
    const events = first.ok ? [...PROPOSED, ...first.events.map((event) => recorded(event))] : [];
    expect(events).toHaveLength(2);
    expect(answer(events, sign(), inBoth('sal'))).toEqual([]);
    expect(policy().given(...events).state.versions[0]?.inForceFrom).toBeNull();
  });

  it('sign for the team that is named, and else for the one whose signature is missing', () => {
    expect(answer(PROPOSED, sign(), inBoth('sal'))).toMatchObject([{ team: 'sal', teamKind: 'sales' }]);
    expect(answer(PROPOSED, sign(), inBoth())).toMatchObject([{ team: 'mkt' }]);
    expect(answer(BY_MARKETING, sign(), inBoth('mkt'))).toMatchObject([{ team: 'sal', inForceFrom: at(20) }]);
  });

  it('withdraw: who proposed it and the managers of that team', () => {
    const byDot = history(['dot', 10, propose()]);
    expect(answer(byDot, withdraw(), facts('cem', 20))).toMatchObject([{ withdrawnBy: 'cem', team: 'sal' }]);
    expect(answer(byDot, withdraw(), facts('ada', 20))).toBe('forbidden');
    expect(answer(byDot, withdraw(), facts('late', 20))).toBe('forbidden');
    expect(answer(byDot, withdraw(), { ...facts('dot', 20), teams: [{ team: SALES, revision: 9 }] })).toMatchObject([
      { facts: [{ stream: 'team-sal', revision: 9 }] },
    ]);
  });
});

describe('a proposal', () => {
  it.each([
    ['a date before now', propose(HASH, at(9)), 'validFrom'],
    ['a date without a time', propose(HASH, '2024-02-01'), 'validFrom'],
    ['a day that does not exist', propose(HASH, '2024-02-31T00:00:00.000Z'), 'validFrom'],
    ['a month that does not exist', propose(HASH, '2024-13-01T00:00:00.000Z'), 'validFrom'],
    ['no hash', propose('A'.repeat(64)), 'contentHash'],
  ])('with %s is refused', (_, command, field) => {
    const { decision } = policy().given().when(command, facts('ben', 10));
    expect(decision).toMatchObject({ ok: false, refusal: { code: 'invalid', field } });
  });

  it('may begin this very instant', () => {
    policy()
      .given()
      .when(propose(HASH, at(10)), facts('ben', 10))
      .then(['PolicyProposed.v1']);
  });

  it('of the same content for another date is another version', () => {
    policy()
      .given(...PROPOSED)
      .when(propose(HASH, at(99)), facts('ben', 20))
      .then(['PolicyProposed.v1']);
  });

  it('is refused while too many are open', () => {
    const hash = (n: number): string => `${n}`.padStart(64, '0');
    const open = history(
      ...Array.from({ length: MOST_OPEN_PROPOSALS }, (_, n) => ['ben', 10, propose(hash(n))] as const),
    );
    policy()
      .given(...open)
      .when(propose(hash(99)), facts('ben', 20))
      .then('conflict');
  });
});

it('ignores what it does not know', () => {
  const { state } = policy().given(...IN_FORCE);
  expect(evolveVersions(state, { type: 'PolicyPraised.v1', data: {}, recordedAt: at(99) } as never)).toBe(state);
});
