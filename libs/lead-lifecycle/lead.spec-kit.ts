import { DEFAULT_AGREEMENT } from '../agreements/default-agreement.js';
import type { PolicyContent } from '../agreements/policy.js';
import type { TeamState } from '../agreements/team.js';
import type { Actor, Refusal, Role } from '../decider/decision.js';
import { actorOf } from './acting.js';
import { decide } from './decide/decide.js';
import type { CommandOf, LeadCommand, LeadCommandKind } from './lead-commands.js';
import { LEAD_EVENTS, type LeadDraft, type LeadEvent, type LeadEventType } from './lead-events.js';
import type { LeadFacts, Teams } from './lead-facts.js';
import { evolve, UNCREATED, type LeadState } from './lead-state.js';

/** ISO time, so many minutes after the scenarios' beginning. */
export const at = (minute: number): string => new Date(Date.UTC(2024, 0, 1) + minute * 60_000).toISOString();
export const DAY = 24 * 60;

export const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
export const LEAD = uuid(1);
export const CONTACT = uuid(2);
export const OFFER = uuid(3);

const team = (
  id: string,
  kind: TeamState['kind'],
  members: readonly string[],
  managers: readonly string[],
): TeamState => ({
  formed: true,
  id,
  kind,
  name: id,
  members,
  managers,
  signatories: [],
  openLeads: null,
});
export const NORTH = team('mkt-north', 'marketing', ['ben', 'bea'], ['mona']);
export const SOUTH = team('mkt-south', 'marketing', ['nils'], ['nora']);
export const FIELD = team('sal-field', 'sales', ['sam', 'sue'], ['max']);
export const DESK = team('sal-desk', 'sales', ['tom'], ['tia']);
export const ALL_TEAMS: readonly TeamState[] = [NORTH, SOUTH, DESK, FIELD];

export const teamsOf = (...all: readonly TeamState[]): Teams => ({
  get: (id) => all.find((one) => one.id === id),
  ofKind: (kind) => all.filter((one) => one.kind === kind).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
});

const human = (id: string, role: Role): Actor => ({ kind: 'human', id, role });
const marketing = (id: string): Actor => human(id, 'marketing');
const sales = (id: string): Actor => human(id, 'sales');
/** Ben is the steward and Sam the offeree and worker of every scenario that does not say otherwise. */
export const BEN = marketing('ben');
export const BEA = marketing('bea');
export const MONA = marketing('mona');
export const NILS = marketing('nils');
export const NORA = marketing('nora');
export const SAM = sales('sam');
export const SUE = sales('sue');
export const MAX = sales('max');
export const TOM = sales('tom');
export const TIA = sales('tia');
export const RULE: Actor = { kind: 'rule', id: 'routing', role: 'rule' };
export const IMPORTER: Actor = { kind: 'integration', id: 'loader', role: 'import' };
export const INTAKE: Actor = { kind: 'integration', id: 'website', role: 'service' };
export const PRIVACY = human('pia', 'privacy');

export const POLICY: PolicyContent = {
  criteria: [
    { id: 'industry', attribute: 'industry', rules: [{ anyOf: ['manufacturing'], points: 40 }] },
    { id: 'interest', attribute: 'behaviour', rules: [{ anyOf: ['demo-request'], points: 20 }] },
  ],
  threshold: 60,
};
export const IN_FORCE = { segment: 'default', version: 1, contentHash: 'a'.repeat(64), content: POLICY };
export const PASSES = { profile: { industry: 'manufacturing' }, behaviours: ['demo-request'] };

export const factsFor = (actor: Actor, minute: number, given: Partial<LeadFacts> = {}): LeadFacts => ({
  now: at(minute),
  actor,
  teams: teamsOf(...ALL_TEAMS),
  agreement: { segment: 'default', version: 0, content: DEFAULT_AGREEMENT },
  consentWithdrawn: false,
  contactErased: false,
  offerId: OFFER,
  survivor: { merged: false, sameContact: true },
  refs: [],
  ...given,
});

type Body<K extends LeadCommandKind> = Omit<CommandOf<K>, 'kind' | 'lead' | 'commandId'>;

/** A body that every guard lets pass, where the state allows the command at all. */
export const BODIES: { readonly [K in LeadCommandKind]: Body<K> } = {
  create: {
    source: 'paid-search',
    topic: 'crm',
    contact: CONTACT,
    steward: { team: NORTH.id, person: BEN.id },
    behaviours: [],
    profile: {},
    intake: 'api',
    details: { name: 'Someone' },
  },
  'record-interest': { source: 'email', topic: 'crm', behaviours: ['webinar'] },
  score: {
    override: {
      reason: 'met-in-person',
      points: [{ criterion: 'talk', attribute: 'industry', input: null, points: 5 }],
    },
  },
  'start-nurture': { track: 'newsletter', channel: 'email', cadenceDays: 14, resumeAt: at(900 * DAY) },
  qualify: { reason: 'asked-for-sales' },
  'withdraw-qualification': { reason: 'prospect-asked-to-wait' },
  hold: { reason: 'strategic-account', team: FIELD.id },
  release: { reason: 'asked-for-sales' },
  route: {},
  'hand-off': { reason: 'asked-for-sales', offeree: { team: FIELD.id, person: SAM.id }, offerId: OFFER },
  'withdraw-handoff': { reason: 'handed-off-in-error' },
  accept: {},
  reject: { reason: 'no-capacity' },
  expire: { offerId: OFFER },
  contact: { channel: 'phone', direction: 'outbound', twoWay: true, human: true },
  advance: { stage: 'analysing' },
  'sales-qualify': { needConfirmed: true, potentialConfirmed: true },
  recycle: { reason: 'not-now', resumeAt: at(900 * DAY) },
  lose: { reason: 'price.too-high' },
  win: { value: { amount: 1200, currency: 'eur' } },
  'propose-disqualification': { reason: 'spam' },
  'decline-disqualification': { reason: 'new-evidence' },
  disqualify: { reason: 'job-seeker' },
  reopen: { reason: 'new-evidence' },
  reassign: { reason: 'workload', worker: { team: DESK.id, person: TOM.id } },
  'transfer-stewardship': { reason: 'workload', steward: { team: SOUTH.id } },
  'correct-details': { profile: { industry: 'retail' }, details: {} },
  rate: { rating: 4 },
  'record-insight': { insight: 'wish', tags: ['integration'] },
  'recommend-message': { message: 'case-study' },
  merge: { into: uuid(4) },
  unmerge: { reason: 'merged-in-error' },
  'absorb-duplicate': { duplicate: uuid(5) },
};

/** Something that somebody does to the lead, a minute after what was done before. */
export interface Deed {
  readonly actor: Actor;
  readonly kind: LeadCommandKind;
  readonly body: object;
  readonly facts: Partial<LeadFacts>;
}
export const does = <K extends LeadCommandKind>(
  actor: Actor,
  kind: K,
  body: Partial<CommandOf<K>> = {},
  facts: Partial<LeadFacts> = {},
): Deed => ({ actor, kind, body, facts });

/** A lead's history, with everything that was decided recorded. */
export interface Story {
  readonly events: readonly LeadEvent[];
  readonly state: LeadState;
  readonly minute: number;
}
export const BEGINNING: Story = { events: [], state: UNCREATED, minute: 0 };

/** What is wrong with a draft's payload by the shape it is stored in. */
export const misshapen = ({ type, data, personal }: LeadDraft): string | undefined =>
  LEAD_EVENTS[type].open.check(data, '') ?? LEAD_EVENTS[type].personal.check(personal ?? {}, '/personal');

/** What the writer does with a decided event: time of recording, actor and command. */
export function recordedAs(draft: LeadDraft, command: LeadCommand, facts: LeadFacts, before: LeadState): LeadEvent {
  const { change, timeKnown } = draft;
  const meta = {
    occurredAt: draft.occurredAt,
    recordedAt: facts.now > before.recordedAt ? facts.now : before.recordedAt,
    actor: actorOf(draft, facts.actor),
    commandId: command.commandId,
    ...(change ? { change } : {}),
    ...(timeKnown === false ? { timeKnown } : {}),
    ...(facts.actor.role === 'import' ? { imported: true } : {}),
  };
  return { type: draft.type, data: draft.data, meta } as unknown as LeadEvent;
}

export function decided(story: Story, { actor, kind, body, facts: given }: Deed) {
  const minute = story.minute + 1;
  const facts = factsFor(actor, minute, given);
  const command = { ...BODIES[kind], kind, lead: LEAD, commandId: `command-${minute}`, ...body } as LeadCommand;
  return { command, facts, decision: decide(command, story.state, facts) };
}

/** The story with one more deed, which must be accepted. */
export function tell(story: Story, deed: Deed): Story {
  const { command, facts, decision } = decided(story, deed);
  if (!decision.ok) throw new Error(`${deed.kind} in ${story.state.leaf}: ${JSON.stringify(decision.refusal)}`);
  const events = decision.events.map((draft) => recordedAs(draft, command, facts, story.state));
  return {
    events: [...story.events, ...events],
    state: events.reduce(evolve, story.state),
    minute: story.minute + 1,
  };
}

/** given what was done, when somebody does something, then these events or that refusal. */
export const given = (...deeds: readonly Deed[]) => {
  const story = deeds.reduce(tell, BEGINNING);
  return {
    story,
    when: (deed: Deed) => {
      const { command, facts, decision } = decided(story, deed);
      return {
        /** the drafts, after the same command again was shown to add nothing */
        thenEvents: (...types: readonly LeadEventType[]): readonly LeadDraft[] => {
          expect(decision).toMatchObject({ ok: true });
          expect(decision.ok ? decision.events.map((draft): string => draft.type) : []).toEqual(types);
          if (!decision.ok) return [];
          for (const draft of decision.events) expect(misshapen(draft)).toBeUndefined();
          const after = decision.events
            .map((draft) => recordedAs(draft, command, facts, story.state))
            .reduce(evolve, story.state);
          expect(after).toEqual(decision.result.state);
          const again = decide(command, after, facts);
          expect(again.ok ? again.events : again.refusal.code).toEqual([]);
          return decision.events;
        },
        thenRefused: (refusal: Partial<Refusal>) => {
          expect(decision).toMatchObject({ ok: false, refusal });
        },
      };
    },
  };
};

const captured = [does(BEN, 'create')];
const qualified = [...captured, does(BEN, 'qualify')];
const offered = [...qualified, does(BEN, 'hand-off')];
const attempting = [...offered, does(SAM, 'accept')];
const contacted = [...attempting, does(SAM, 'contact')];
const presenting = [...contacted, does(SAM, 'sales-qualify')];
/** One way to each leaf state. */
export const WAY_TO = {
  uncreated: [],
  captured,
  nurturing: [...captured, does(BEN, 'start-nurture')],
  qualified,
  held: [...qualified, does(BEN, 'hold')],
  offered,
  'working.attempting': attempting,
  'working.contacted': contacted,
  'working.analysing': [...contacted, does(SAM, 'advance')],
  'opportunity.presenting': presenting,
  'opportunity.quoting': [...presenting, does(SAM, 'advance', { stage: 'quoting' })],
  'opportunity.closing': [...presenting, does(SAM, 'advance', { stage: 'closing' })],
  won: [...presenting, does(SAM, 'win')],
  lost: [...attempting, does(SAM, 'lose')],
  disqualified: [...captured, does(BEN, 'disqualify')],
  merged: [...captured, does(MONA, 'merge')],
} as const satisfies Readonly<Record<string, readonly Deed[]>>;
