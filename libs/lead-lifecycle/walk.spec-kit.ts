import type { AgreementContent, Reason, ReasonList } from '../agreements/agreement-content.js';
import { DEFAULT_AGREEMENT } from '../agreements/default-agreement.js';
import type { TeamState } from '../agreements/team.js';
import type { Actor } from '../decider/decision.js';
import { allowedCommands } from './decide/allowed.js';
import { LEAD_COMMANDS, type LeadCommand, type LeadCommandKind } from './lead-commands.js';
import type { LeadFacts } from './lead-facts.js';
import { STAGES } from './lead-events.js';
import type { LeadState } from './lead-state.js';
import { rightTo } from './permissions.js';
import {
  ALL_TEAMS,
  BEA,
  BEN,
  BODIES,
  IMPORTER,
  INTAKE,
  IN_FORCE,
  LEAD,
  MAX,
  MONA,
  NILS,
  NORA,
  PASSES,
  PRIVACY,
  RULE,
  SAM,
  SUE,
  TIA,
  TOM,
  teamsOf,
  uuid,
} from './lead.spec-kit.js';

// Taken out of the global once: inside Jest each look-up of a global is slow, and a walk asks for chance millions of times.
const { floor, imul } = Math;

/** Repeatable chance: the same seed gives the same walk (mulberry32). */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 0;
  }
  /** a whole number from 0 to n - 1 */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    const seed = this.#state;
    const once = imul(seed ^ (seed >>> 15), seed | 1);
    const twice = once ^ (once + imul(once ^ (once >>> 7), once | 61));
    return floor((((twice ^ (twice >>> 14)) >>> 0) / 4_294_967_296) * n);
  }
  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
  /** true so many times in a hundred */
  percent(n: number): boolean {
    return this.below(100) < n;
  }
}

const PEOPLE: readonly Actor[] = [BEN, BEA, MONA, NILS, NORA, SAM, SUE, MAX, TOM, TIA, PRIVACY, RULE, INTAKE, IMPORTER];
const CODES_OF = (content: AgreementContent, list: ReasonList): readonly string[] =>
  content.reasons[list].flatMap(({ code, children = [] }: Reason) => [
    code,
    ...children.map((child) => `${code}.${child.code}`),
  ]);

/** Another agreement, so that the accountable side changes while leads are under way. */
const OTHER_TERMS: AgreementContent = {
  ...DEFAULT_AGREEMENT,
  mostOffersPerCycle: 1,
  responsibilities: { ...DEFAULT_AGREEMENT.responsibilities, lost: 'marketing', qualified: 'sales' },
};

/** The world around a lead, which moves while it is worked. */
export class World {
  #now = Date.UTC(2024, 0, 1);
  #time = '';
  #byId = teamsOf(...ALL_TEAMS);
  #teams: readonly TeamState[] = ALL_TEAMS;
  #consentWithdrawn = false;
  #contactErased = false;
  #policy: LeadFacts['policy'];
  #agreement: LeadFacts['agreement'] = { segment: 'default', version: 0, content: DEFAULT_AGREEMENT };

  constructor(private readonly chance: Chance) {}

  get now(): string {
    return this.#time;
  }

  /** so many milliseconds from now */
  in(milliseconds: number): string {
    return new Date(this.#now + milliseconds).toISOString();
  }

  get agreement(): AgreementContent {
    return this.#agreement.content;
  }

  /** Time passes, mostly little; now and then a clock runs back, somebody joins or leaves, terms and consent change. */
  turn(): void {
    const { chance } = this;
    this.#now += chance.percent(3)
      ? -5 * 60_000
      : chance.percent(5)
        ? chance.below(40) * 86_400_000
        : chance.below(7_200_000);
    this.#time = new Date(this.#now).toISOString();
    if (chance.percent(8)) {
      this.#teams = this.#teams.map((team) => (chance.percent(40) ? this.#moved(team) : team));
      this.#byId = teamsOf(...this.#teams);
    }
    if (chance.percent(4)) this.#consentWithdrawn = chance.percent(20);
    if (chance.percent(2)) this.#contactErased = chance.percent(10);
    if (chance.percent(5)) {
      this.#policy = chance.percent(20) ? undefined : { ...IN_FORCE, version: 1 + chance.below(5) };
    }
    if (chance.percent(3)) {
      const version = chance.below(2);
      this.#agreement = { segment: 'default', version, content: version === 0 ? DEFAULT_AGREEMENT : OTHER_TERMS };
    }
  }

  /** a contact of its own for each lead */
  nextLead(): void {
    this.#consentWithdrawn = false;
    this.#contactErased = false;
  }

  facts(): LeadFacts {
    const { chance } = this;
    return {
      now: this.now,
      actor: RULE,
      teams: this.#byId,
      ...(this.#policy ? { policy: this.#policy } : {}),
      agreement: this.#agreement,
      consentWithdrawn: this.#consentWithdrawn,
      contactErased: this.#contactErased,
      offerId: uuid(1000 + chance.below(1_000_000)),
      survivor: { merged: chance.percent(10), sameContact: chance.percent(90) },
      load: { backlog: () => chance.below(6), lastOfferedAt: () => undefined },
      refs: [],
    };
  }

  #moved(team: TeamState): TeamState {
    const { chance } = this;
    const original = ALL_TEAMS.find(({ id }) => id === team.id) ?? team;
    const stay = (people: readonly string[]) => people.filter(() => chance.percent(85));
    const openLeads = chance.percent(50) ? null : chance.below(8);
    return { ...team, members: stay(original.members), managers: stay(original.managers), openLeads };
  }
}

/** Mostly somebody with a hand in the lead who may do it; sometimes anybody. */
export function somebody(
  chance: Chance,
  command: LeadCommand,
  state: LeadState,
  facts: LeadFacts,
  importing: boolean,
): Actor {
  let actor = candidate(chance, state, importing);
  for (let tries = 0; tries < 6 && !rightTo(command, state, { ...facts, actor }); tries += 1) {
    actor = candidate(chance, state, importing);
  }
  return actor;
}

function candidate(chance: Chance, state: LeadState, importing: boolean): Actor {
  if (importing && chance.percent(80)) return IMPORTER;
  const own = [state.steward, state.offeree, state.worker]
    .flatMap((owner) => PEOPLE.filter(({ id }) => id === owner?.person || isOf(owner?.team, id)))
    .concat(RULE);
  return chance.percent(75) ? chance.of(own) : chance.of(PEOPLE.filter((actor) => importing || actor !== IMPORTER));
}
const isOf = (team: string | undefined, person: string): boolean =>
  ALL_TEAMS.some(({ id, members, managers }) => id === team && [...members, ...managers].includes(person));

/** Any command, mostly one that the state allows, its body mostly sound. */
export function anyCommand(chance: Chance, state: LeadState, world: World, id: string): LeadCommand {
  const allowed = allowedCommands(state.leaf);
  const kind = chance.percent(85) && allowed.length > 0 ? likely(chance, allowed) : chance.of(LEAD_COMMANDS);
  const when = chance.percent(25) ? { occurredAt: world.in(60_000 - chance.below(60 * 86_400_000)) } : {};
  const said = { ...BODIES[kind], ...variation(kind, chance, state, world) };
  return { ...said, ...when, kind, lead: LEAD, commandId: id } as LeadCommand;
}

/** What brings a lead on: without a push few would ever be worked. */
const FORWARD: readonly LeadCommandKind[] = ['qualify', 'hand-off', 'accept', 'contact', 'advance', 'sales-qualify'];
const likely = (chance: Chance, allowed: readonly LeadCommandKind[]): LeadCommandKind => {
  const forward = FORWARD.filter((kind) => allowed.includes(kind));
  return forward.length > 0 && chance.percent(40) ? chance.of(forward) : chance.of(allowed);
};

const LISTS: Partial<Record<LeadCommandKind, ReasonList>> = {
  qualify: 'override',
  hold: 'override',
  release: 'override',
  'hand-off': 'override',
  'withdraw-qualification': 'withdraw',
  'withdraw-handoff': 'withdraw',
  reject: 'reject',
  recycle: 'recycle',
  lose: 'lost',
  'propose-disqualification': 'disqualify',
  'decline-disqualification': 'reopen',
  disqualify: 'disqualify',
  reopen: 'reopen',
  unmerge: 'unmerge',
  reassign: 'reassign',
  'transfer-stewardship': 'transfer',
};

function variation(kind: LeadCommandKind, chance: Chance, state: LeadState, world: World): object {
  const list = LISTS[kind];
  const reason = list && (chance.percent(5) ? 'nonsense' : chance.of(CODES_OF(world.agreement, list)));
  return { ...(reason ? { reason } : {}), ...particulars(kind, chance, state, world) };
}

function particulars(kind: LeadCommandKind, chance: Chance, state: LeadState, world: World): object {
  const resumeAt = () => world.in((chance.below(120) - 4) * 86_400_000);
  const team = chance.of(ALL_TEAMS);
  const person = chance.of([...team.members, ...team.managers]);
  const owner = chance.percent(30) ? { team: team.id } : { team: team.id, person };
  switch (kind) {
    case 'create':
      return { steward: owner, ...(chance.percent(40) ? PASSES : {}) };
    case 'record-interest':
      return { behaviours: [chance.of(['demo-request', 'webinar', 'blog'])] };
    case 'correct-details':
      return chance.percent(50)
        ? { profile: { industry: chance.of(['manufacturing', 'retail']) } }
        : { profile: undefined, details: { phone: '1' } };
    case 'score':
      return chance.percent(60) ? { override: undefined } : {};
    case 'start-nurture':
      return { resumeAt: resumeAt() };
    case 'hold':
      return { team: team.id };
    case 'hand-off':
      return { offeree: owner, offerId: uuid(chance.below(1_000_000)) };
    case 'expire':
      return { offerId: chance.percent(90) ? state.offer?.id : uuid(7) };
    case 'accept':
      return chance.percent(20) ? { worker: { team: team.id, person }, offerId: state.offer?.id } : {};
    case 'contact': {
      const by = chance.percent(30) ? { by: state.worker ?? owner } : {};
      return { ...by, twoWay: chance.percent(60), human: chance.percent(80) };
    }
    case 'advance':
      return { stage: chance.of(state.leaf.startsWith('working') ? STAGES.slice(0, 3) : STAGES) };
    case 'sales-qualify':
      return { needConfirmed: chance.percent(95) };
    case 'recycle':
    case 'reject':
    case 'withdraw-qualification':
      return chance.percent(60) || kind === 'recycle' ? { resumeAt: resumeAt() } : {};
    case 'lose':
    case 'win':
      return chance.percent(40) ? { rating: chance.below(7) } : {};
    case 'rate':
      return { rating: 1 + chance.below(5), ...(chance.percent(40) ? { cycle: 1 + chance.below(4) } : {}) };
    case 'disqualify':
      return chance.percent(20) ? { reason: undefined } : {};
    case 'reassign':
      return { worker: { team: team.id, person } };
    case 'transfer-stewardship':
      return { steward: owner };
    case 'absorb-duplicate':
      return { duplicate: uuid(chance.below(20)) };
    default:
      return {};
  }
}
