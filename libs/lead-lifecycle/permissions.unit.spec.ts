import { LEAD_COMMANDS, type LeadCommand, type LeadCommandKind } from './lead-commands.js';
import {
  BEA,
  BEN,
  BODIES,
  DESK,
  FIELD,
  IMPORTER,
  INTAKE,
  LEAD,
  MAX,
  MONA,
  NILS,
  NORA,
  NORTH,
  PRIVACY,
  RULE,
  SAM,
  SOUTH,
  SUE,
  TIA,
  TOM,
  WAY_TO,
  does,
  factsFor,
  given,
  teamsOf,
  type Deed,
} from './lead.spec-kit.js';
import type { Actor } from '../decider/decision.js';
import { admit } from './decide/decide.js';
import type { LeadState } from './lead-state.js';
import { rightTo } from './permissions.js';

const PEOPLE = { BEN, BEA, MONA, NILS, NORA, SAM, SUE, MAX, TOM, TIA, RULE, INTAKE, PRIVACY } as const;
type Name = keyof typeof PEOPLE;

const commandOf = (kind: LeadCommandKind, body: object = {}): LeadCommand =>
  ({ ...BODIES[kind], kind, lead: LEAD, commandId: 'command-asked', ...body }) as LeadCommand;

/** Of all people, those who may: Ben is the steward in Mona's team, Sam the offeree or worker in Max's. */
const whoMay = (kind: LeadCommandKind, state: LeadState, body: object = {}): readonly string[] =>
  (Object.entries(PEOPLE) as [Name, Actor][])
    .filter(([, actor]) => rightTo(commandOf(kind, body), state, factsFor(actor, 99)) !== undefined)
    .map(([name]) => name);

const NOBODY: readonly Name[] = [];
const STEWARD = ['BEN', 'MONA'] as const;
const TEAM = ['BEN', 'BEA', 'MONA', 'INTAKE'] as const;
/** Who may do each command to a lead that nobody in sales has, that Sam is offered, that Sam works. */
const TABLE: Readonly<
  Record<LeadCommandKind, { alone: readonly Name[]; offered: readonly Name[]; worked: readonly Name[] }>
> = {
  create: { alone: TEAM, offered: TEAM, worked: TEAM },
  'record-interest': { alone: TEAM, offered: TEAM, worked: TEAM },
  'correct-details': { alone: TEAM, offered: TEAM, worked: ['BEN', 'BEA', 'MONA', 'SAM', 'INTAKE'] },
  'start-nurture': { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  'recommend-message': { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  'withdraw-qualification': {
    alone: [...STEWARD, 'RULE'],
    offered: [...STEWARD, 'RULE'],
    worked: [...STEWARD, 'RULE'],
  },
  'withdraw-handoff': { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  'transfer-stewardship': { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  reopen: { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  disqualify: { alone: [...STEWARD, 'RULE'], offered: [...STEWARD, 'RULE'], worked: [...STEWARD, 'RULE'] },
  'decline-disqualification': { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  score: { alone: [...STEWARD, 'RULE'], offered: [...STEWARD, 'RULE'], worked: [...STEWARD, 'RULE'] },
  qualify: { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  hold: { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  release: { alone: [...STEWARD, 'RULE'], offered: [...STEWARD, 'RULE'], worked: [...STEWARD, 'RULE'] },
  'hand-off': { alone: STEWARD, offered: STEWARD, worked: STEWARD },
  route: { alone: ['RULE'], offered: ['RULE'], worked: ['RULE'] },
  expire: { alone: ['RULE'], offered: ['RULE'], worked: ['RULE'] },
  'absorb-duplicate': { alone: ['RULE'], offered: ['RULE'], worked: ['RULE'] },
  accept: { alone: NOBODY, offered: ['SAM', 'MAX'], worked: ['MAX'] },
  reject: { alone: NOBODY, offered: ['SAM', 'MAX'], worked: ['MAX'] },
  contact: {
    alone: ['BEN', 'MONA', 'INTAKE'],
    offered: ['BEN', 'MONA', 'SAM', 'MAX', 'INTAKE'],
    worked: ['BEN', 'MONA', 'SAM', 'MAX', 'INTAKE'],
  },
  'record-insight': {
    alone: ['BEN', 'MONA', 'INTAKE'],
    offered: ['BEN', 'MONA', 'SAM', 'MAX', 'INTAKE'],
    worked: ['BEN', 'MONA', 'SAM', 'MAX', 'INTAKE'],
  },
  advance: { alone: NOBODY, offered: ['MAX'], worked: ['SAM', 'MAX'] },
  'sales-qualify': { alone: NOBODY, offered: ['MAX'], worked: ['SAM', 'MAX'] },
  win: { alone: NOBODY, offered: ['MAX'], worked: ['SAM', 'MAX'] },
  lose: { alone: NOBODY, offered: ['MAX'], worked: ['SAM', 'MAX'] },
  recycle: { alone: NOBODY, offered: ['MAX'], worked: ['SAM', 'MAX'] },
  rate: { alone: NOBODY, offered: NOBODY, worked: ['SAM', 'MAX'] },
  'propose-disqualification': { alone: NOBODY, offered: ['SAM', 'MAX'], worked: ['SAM', 'MAX'] },
  reassign: { alone: NOBODY, offered: ['MAX'], worked: ['MAX'] },
  merge: { alone: ['MONA', 'PRIVACY'], offered: ['MONA', 'PRIVACY'], worked: ['MONA', 'PRIVACY'] },
  unmerge: {
    alone: ['MONA', 'RULE', 'PRIVACY'],
    offered: ['MONA', 'RULE', 'PRIVACY'],
    worked: ['MONA', 'RULE', 'PRIVACY'],
  },
};
const STATES = {
  alone: given(...WAY_TO.captured).story.state,
  offered: given(...WAY_TO.offered).story.state,
  worked: given(...WAY_TO['working.contacted']).story.state,
};
const after = (...deeds: readonly Deed[]): LeadState => given(...deeds).story.state;

describe('who may do what', () => {
  const cases = LEAD_COMMANDS.flatMap((kind) =>
    (['alone', 'offered', 'worked'] as const).map((how) => ({ kind, how, people: TABLE[kind][how] })),
  );
  it.each(cases)('$kind of a lead that is $how: $people', ({ kind, how, people }) => {
    expect([...whoMay(kind, STATES[how])].toSorted()).toEqual([...people].toSorted());
  });

  it('keeps the automatic flow from the import', () => {
    expect(rightTo(commandOf('route'), STATES.alone, factsFor(IMPORTER, 99))).toBeUndefined();
  });

  it.each(LEAD_COMMANDS.filter((kind) => kind !== 'route'))('the import may %s', (kind) => {
    expect(rightTo(commandOf(kind), STATES.alone, factsFor(IMPORTER, 99))).toEqual({ relation: 'import' });
  });

  it('takes a member of the queue where a queue is offered the lead, and where a team is the steward', () => {
    const queued = after(...WAY_TO.qualified, does(BEN, 'hand-off', { offeree: { team: FIELD.id } }));
    expect(whoMay('accept', queued)).toEqual(['SAM', 'SUE', 'MAX']);
    const theTeams = after(...WAY_TO.captured, does(BEN, 'transfer-stewardship', { steward: { team: SOUTH.id } }));
    expect(whoMay('qualify', theTeams)).toEqual(['NILS', 'NORA']);
  });

  it('lets the steward recycle a lost lead, and the clock', () => {
    expect(whoMay('recycle', after(...WAY_TO.lost))).toEqual(['BEN', 'SAM', 'MAX', 'RULE']);
  });

  it('lets a past cycle be rated by its last worker alone, whoever has the lead now', () => {
    const handed = does(BEN, 'hand-off', { offeree: { team: DESK.id, person: TOM.id } });
    const again = [...WAY_TO['working.attempting'], does(SAM, 'recycle'), does(BEN, 'qualify'), handed];
    expect(whoMay('rate', after(...again))).toEqual(['SAM']);
    const worked = after(...again, does(TOM, 'accept'));
    expect(whoMay('rate', worked)).toEqual(['TOM', 'TIA']);
    expect(whoMay('rate', worked, { cycle: 1 })).toEqual(['SAM']);
    expect(whoMay('rate', worked, { cycle: 2 })).toEqual(['TOM', 'TIA']);
    expect(whoMay('rate', worked, { cycle: 3 })).toEqual(NOBODY);
  });

  it('counts the worker after a reassignment, and their manager', () => {
    const reassigned = after(...WAY_TO['working.contacted'], does(MAX, 'reassign'));
    expect(whoMay('advance', reassigned)).toEqual(['TOM', 'TIA']);
    expect(whoMay('rate', reassigned)).toEqual(['TOM', 'TIA']);
  });

  it('ends with the membership', () => {
    const teams = teamsOf({ ...NORTH, members: ['bea'] }, { ...FIELD, members: ['sue'] });
    const facts = (actor: Actor) => factsFor(actor, 99, { teams });
    expect(rightTo(commandOf('qualify'), STATES.alone, facts(BEN))).toBeUndefined();
    expect(rightTo(commandOf('accept'), STATES.offered, facts(SAM))).toBeUndefined();
    expect(rightTo(commandOf('advance'), STATES.worked, facts(SAM))).toBeUndefined();
    expect(rightTo(commandOf('advance'), STATES.worked, facts(MAX))).toEqual({
      relation: 'sales-manager',
      team: FIELD.id,
    });
  });

  it('asks for the role too: who is in a team but has another token may not', () => {
    const auditing: Actor = { ...BEN, role: 'auditor' };
    const machine: Actor = { ...SAM, kind: 'integration' };
    expect(rightTo(commandOf('qualify'), STATES.alone, factsFor(auditing, 99))).toBeUndefined();
    expect(rightTo(commandOf('advance'), STATES.worked, factsFor(machine, 99))).toBeUndefined();
  });

  it('asks a new lead’s creator to be of the team that the command names', () => {
    const elsewhere = commandOf('create', { steward: { team: SOUTH.id } });
    expect(rightTo(elsewhere, STATES.alone, factsFor(BEN, 1))).toBeUndefined();
    expect(rightTo(elsewhere, STATES.alone, factsFor(NILS, 1))).toEqual({
      relation: 'stewarding-team',
      team: SOUTH.id,
    });
  });
});

describe('admitting a command', () => {
  it('knows no lead, refuses who may not, and tells a repetition', () => {
    const { story } = given(...WAY_TO.captured);
    expect(admit(commandOf('qualify'), given().story.state, factsFor(BEN, 9))).toEqual({
      ok: false,
      refusal: { code: 'not-found', what: 'lead' },
    });
    expect(admit(commandOf('qualify'), story.state, factsFor(SAM, 9))).toMatchObject({
      ok: false,
      refusal: { code: 'forbidden' },
    });
    const right = { relation: 'steward', team: NORTH.id };
    const repetition = { relation: 'repetition' };
    expect(admit(commandOf('qualify'), story.state, factsFor(BEN, 9))).toEqual({ ok: true, right, repeated: false });
    expect(admit(commandOf('qualify', { commandId: 'command-1' }), story.state, factsFor(BEN, 9))).toEqual({
      ok: true,
      right: repetition,
      repeated: true,
    });
  });

  it('answers the same actor again though the deed ended the right, and nobody else', () => {
    const { state } = given(...WAY_TO.offered, does(SAM, 'reject')).story;
    const reject = commandOf('reject', { commandId: 'command-4' });
    expect(admit(reject, state, factsFor(SAM, 9))).toMatchObject({ ok: true, repeated: true });
    expect(admit(reject, state, factsFor(SUE, 9))).toMatchObject({ ok: false, refusal: { code: 'forbidden' } });
    expect(admit(commandOf('reject'), state, factsFor(SAM, 9))).toMatchObject({ ok: false });
  });

  it('leaves what the lifecycle forbids to the decision', () => {
    const { story } = given(...WAY_TO.won);
    expect(admit(commandOf('qualify'), story.state, factsFor(BEN, 9))).toMatchObject({ ok: true });
  });
});
