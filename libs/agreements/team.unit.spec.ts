import type { Actor } from '../decider/decision.js';
import { at, person, recorded, scenario } from './agreements.spec-kit.js';
import { decideTeam, type TeamCommand } from './decide-team.js';
import { evolveTeam, initialTeam, teamStream, type TeamEvent, type TeamEventData } from './team.js';

const team = (id = 'mkt') => scenario(initialTeam(id), evolveTeam, decideTeam);
const happened = <Type extends keyof TeamEventData>(type: Type, data: TeamEventData[Type], minute = 0) =>
  recorded({ type, data, occurredAt: at(minute) } as TeamEvent);

const admin = person('root', 'admin');
const manager = person('ada');
const FORMED = happened('TeamFormed.v1', { kind: 'marketing', name: 'Marketing north' });
const HISTORIES = {
  none: [],
  formed: [FORMED],
  member: [FORMED, happened('MemberJoined.v1', { person: 'ben' })],
  full: [
    FORMED,
    ...['ada', 'ben'].map((one) => happened('MemberJoined.v1', { person: one })),
    ...['ada', 'ben'].map((one) => happened('ManagerAppointed.v1', { person: one })),
    happened('SignatoryListed.v1', { person: 'ben' }, 7),
    happened('CapacityDeclared.v1', { openLeads: 40 }),
  ],
};
const COMMANDS = {
  form: { type: 'form', kind: 'marketing', name: 'Marketing north' },
  formOther: { type: 'form', kind: 'sales', name: 'Marketing north' },
  join: { type: 'join', person: 'ben' },
  leave: { type: 'leave', person: 'ben' },
  appointManager: { type: 'appointManager', person: 'ben' },
  dismissManager: { type: 'dismissManager', person: 'ben' },
  listSignatory: { type: 'listSignatory', person: 'ben' },
  unlistSignatory: { type: 'unlistSignatory', person: 'ben' },
  capacity: { type: 'declareCapacity', openLeads: 40 },
  unlimited: { type: 'declareCapacity', openLeads: null },
} as const satisfies Record<string, TeamCommand>;

describe('every state of a team and every command, each run again', () => {
  type Row = [keyof typeof HISTORIES, Record<keyof typeof COMMANDS, string | readonly string[]>];
  const rows: readonly Row[] = [
    [
      'none',
      {
        form: ['TeamFormed.v1'],
        formOther: ['TeamFormed.v1'],
        join: 'not-found',
        leave: 'not-found',
        appointManager: 'not-found',
        dismissManager: 'not-found',
        listSignatory: 'not-found',
        unlistSignatory: 'not-found',
        capacity: 'not-found',
        unlimited: 'not-found',
      },
    ],
    [
      'formed',
      {
        form: [],
        formOther: 'conflict',
        join: ['MemberJoined.v1'],
        leave: [],
        appointManager: 'conflict',
        dismissManager: [],
        listSignatory: 'conflict',
        unlistSignatory: [],
        capacity: ['CapacityDeclared.v1'],
        unlimited: [],
      },
    ],
    [
      'member',
      {
        form: [],
        formOther: 'conflict',
        join: [],
        leave: ['MemberLeft.v1'],
        appointManager: ['ManagerAppointed.v1'],
        dismissManager: [],
        listSignatory: ['SignatoryListed.v1'],
        unlistSignatory: [],
        capacity: ['CapacityDeclared.v1'],
        unlimited: [],
      },
    ],
    [
      'full',
      {
        form: [],
        formOther: 'conflict',
        join: [],
        leave: ['ManagerDismissed.v1', 'SignatoryUnlisted.v1', 'MemberLeft.v1'],
        appointManager: [],
        dismissManager: ['ManagerDismissed.v1'],
        listSignatory: [],
        unlistSignatory: ['SignatoryUnlisted.v1'],
        capacity: [],
        unlimited: ['CapacityDeclared.v1'],
      },
    ],
  ];
  const cells = rows.flatMap(([history, row]) =>
    (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).map((command) => [history, command, row[command]] as const),
  );

  it.each(cells)('%s, %s: %p', (history, command, expected) => {
    team()
      .given(...HISTORIES[history])
      .when(COMMANDS[command], { now: at(9), actor: admin })
      .then(expected as readonly string[]);
  });
});

describe('who may change a team', () => {
  const accepts = (actor: Actor, command: TeamCommand, history: keyof typeof HISTORIES = 'full') =>
    team()
      .given(...HISTORIES[history])
      .when(command, { now: at(9), actor }).decision.ok;

  it.each(Object.values(COMMANDS).filter(({ type }) => type !== 'form'))('its manager: %p', (command) => {
    expect(accepts(manager, command)).toBe(true);
    expect(accepts(person('eve'), command)).toBe(false);
    expect(accepts(person('ada'), command, 'member')).toBe(false);
  });

  it('import forms teams and adds members, and no more', () => {
    const importer = person('operator', 'import');
    expect(accepts(importer, COMMANDS.form, 'none')).toBe(true);
    expect(accepts(importer, COMMANDS.join, 'formed')).toBe(true);
    for (const command of [COMMANDS.leave, COMMANDS.appointManager, COMMANDS.listSignatory, COMMANDS.capacity]) {
      expect(accepts(importer, command)).toBe(false);
    }
  });

  it('only administrator and import form one', () => {
    expect(accepts(manager, COMMANDS.form, 'none')).toBe(false);
    expect(accepts(manager, COMMANDS.formOther)).toBe(false);
  });
});

describe('what a team holds', () => {
  it('is what its stream says, without the nonce', () => {
    expect(team().given(...HISTORIES.full).state).toEqual({
      formed: true,
      id: 'mkt',
      kind: 'marketing',
      name: 'Marketing north',
      members: ['ada', 'ben'],
      managers: ['ada', 'ben'],
      signatories: [{ person: 'ben', listedAt: at(7) }],
      openLeads: 40,
    });
  });

  it('dates a signatory who is listed anew from then on', () => {
    const again = [
      happened('SignatoryUnlisted.v1', { person: 'ben' }, 8),
      happened('SignatoryListed.v1', { person: 'ben' }, 9),
    ];
    expect(team().given(...HISTORIES.full, ...again).state).toMatchObject({
      signatories: [{ person: 'ben', listedAt: at(9) }],
    });
  });

  it('does not change by events of an unknown type, nor before it was formed', () => {
    const unknown = { type: 'TeamPraised.v1', data: {}, recordedAt: at(1) } as never;
    const before = team().given(...HISTORIES.full).state;
    expect(evolveTeam(before, unknown)).toEqual(before);
    expect(evolveTeam(initialTeam('mkt'), unknown)).toEqual(initialTeam('mkt'));
    expect(evolveTeam(initialTeam('mkt'), happened('MemberJoined.v1', { person: 'ben' }))).toEqual(initialTeam('mkt'));
  });

  it('stands in the stream of its id', () => {
    expect(teamStream('mkt')).toBe('team-mkt');
  });
});

it.each<[string, TeamCommand, string]>([
  ['an address as a person', { type: 'join', person: 'ada@example.org' }, 'person'],
  ['a name with a space as a person', { type: 'listSignatory', person: 'Ada L' }, 'person'],
  ['a person of 129', { type: 'leave', person: 'a'.repeat(129) }, 'person'],
  ['an empty name', { type: 'form', kind: 'sales', name: '' }, 'name'],
  ['an address as a name', { type: 'form', kind: 'sales', name: 'ada@example.org' }, 'name'],
  ['a negative capacity', { type: 'declareCapacity', openLeads: -1 }, 'openLeads'],
  ['half a lead', { type: 'declareCapacity', openLeads: 1.5 }, 'openLeads'],
])('refuses %s', (_, command, field) => {
  const { decision } = team()
    .given(FORMED)
    .when(command, { now: at(9), actor: admin });
  expect(decision).toMatchObject({ ok: false, refusal: { code: 'invalid', field } });
});

it('refuses an id that no stream may have', () => {
  const { decision } = team('a b')
    .given()
    .when(COMMANDS.form, { now: at(0), actor: admin });
  expect(decision).toMatchObject({ ok: false, refusal: { code: 'invalid', field: 'id' } });
});
