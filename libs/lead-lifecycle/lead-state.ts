import { cyclesAfter, type Cycle } from './cycles.js';
import { INITIAL_LEAF, nextLeaf, topState, type Leaf } from './fold-table.js';
import type { LeadEvent, LeadEventData, Owner, Person, Profile } from './lead-events.js';

/** Commands already taken into the stream, newest first: a linked list, so that a fold stays linear. */
export interface TakenCommand {
  readonly id: string;
  /** the actor's id: who may ask for it again, whatever became of their right since */
  readonly by: string;
  readonly earlier: TakenCommand | undefined;
}

export interface LeadState {
  readonly leaf: Leaf;
  readonly contact?: string | undefined;
  /** of the latest interest; what rules look at. The first source stays in LeadCreated. */
  readonly source: string;
  readonly topic: string;
  readonly campaign?: string | undefined;
  readonly behaviours: readonly string[];
  readonly profile: Profile;
  /** oldest first; the last is the current one. Empty before creation. */
  readonly cycles: readonly Cycle[];
  readonly steward?: Owner | undefined;
  readonly offeree?: Owner | undefined;
  readonly worker?: Person | undefined;
  readonly accountable?: string | undefined;
  /** sales teams that work or once worked it: they keep the right to read it */
  readonly workedBy: readonly string[];
  readonly effectiveAt: string;
  /** effectiveAt of the event that brought it into its leaf state */
  readonly leafSince: string;
  readonly recordedAt: string;
  readonly createdAt: string;
  readonly offer?: { readonly id: string; readonly acceptBy: string | null } | undefined;
  /** its last offer was withdrawn, and nobody has moved it on since: the steward decides, and no rule */
  readonly offerWithdrawn: boolean;
  /** the team for whose capacity it is held */
  readonly heldFor?: string | undefined;
  readonly qualification?: LeadEventData<'LeadQualified'>['basis'] | undefined;
  readonly score?: { readonly total: number; readonly passed: boolean; readonly policyVersion?: number } | undefined;
  /** something that a policy looks at was learnt in this cycle */
  readonly newInputs: boolean;
  readonly resumeAt?: string | undefined;
  readonly touches: number;
  readonly recommendedMessage?: string | undefined;
  readonly proposal?: { readonly by: string; readonly reason: string } | undefined;
  readonly mergedInto?: string | undefined;
  readonly absorbed: readonly string[];
  readonly erased: boolean;
  readonly imported: boolean;
  readonly taken: TakenCommand | undefined;
}

/** Names every member, also what is not there yet: states of one shape are folded several times as fast. */
export const UNCREATED: LeadState = {
  leaf: INITIAL_LEAF,
  contact: undefined,
  source: 'unknown',
  topic: 'unknown',
  campaign: undefined,
  behaviours: [],
  profile: {},
  cycles: [],
  steward: undefined,
  offeree: undefined,
  worker: undefined,
  accountable: undefined,
  workedBy: [],
  effectiveAt: '',
  leafSince: '',
  recordedAt: '',
  createdAt: '',
  offer: undefined,
  offerWithdrawn: false,
  heldFor: undefined,
  qualification: undefined,
  score: undefined,
  newInputs: false,
  resumeAt: undefined,
  touches: 0,
  recommendedMessage: undefined,
  proposal: undefined,
  mergedInto: undefined,
  absorbed: [],
  erased: false,
  imported: false,
  taken: undefined,
};

/** What decides the target of an event whose target is not fixed. */
export function choiceOf(event: Pick<LeadEvent, 'type' | 'data'>): string | undefined {
  const { type, data } = event as LeadEvent;
  if (type === 'HandoffExpired') return data.next;
  if (type === 'LeadAdvanced') return data.stage;
  if (type === 'LeadContacted') return String(data.advances);
  return undefined;
}

export const currentCycle = (state: LeadState): Cycle | undefined => state.cycles.at(-1);

/** The cycle that a rating is about: the named one, else the latest that sales worked. */
export const cycleToRate = (state: LeadState, number?: number): Cycle | undefined =>
  state.cycles.findLast((one) => (number === undefined ? one.lastWorker !== undefined : one.number === number));

/** The id of the actor whose command the stream holds already; undefined where it does not. */
export function takenBy(state: LeadState, commandId: string): string | undefined {
  for (let taken = state.taken; taken; taken = taken.earlier) if (taken.id === commandId) return taken.by;
  return undefined;
}

/** A state that nobody else has seen yet, with every member named. */
type Draft = { -readonly [K in keyof Required<LeadState>]: LeadState[K] };

/** Written out: V8 copies what was itself spread from a state member by member, which takes twenty times as long. */
const copyOf = (state: LeadState): Draft => ({
  leaf: state.leaf,
  contact: state.contact,
  source: state.source,
  topic: state.topic,
  campaign: state.campaign,
  behaviours: state.behaviours,
  profile: state.profile,
  cycles: state.cycles,
  steward: state.steward,
  offeree: state.offeree,
  worker: state.worker,
  accountable: state.accountable,
  workedBy: state.workedBy,
  effectiveAt: state.effectiveAt,
  leafSince: state.leafSince,
  recordedAt: state.recordedAt,
  createdAt: state.createdAt,
  offer: state.offer,
  offerWithdrawn: state.offerWithdrawn,
  heldFor: state.heldFor,
  qualification: state.qualification,
  score: state.score,
  newInputs: state.newInputs,
  resumeAt: state.resumeAt,
  touches: state.touches,
  recommendedMessage: state.recommendedMessage,
  proposal: state.proposal,
  mergedInto: state.mergedInto,
  absorbed: state.absorbed,
  erased: state.erased,
  imported: state.imported,
  taken: state.taken,
});

/**
 * The state after an event. Pure and total: an event that the lifecycle does not allow here (which no decider wrote)
 * leaves the state as it is. One copy is made and then filled in: histories are folded by the million.
 */
export function evolve(state: LeadState, event: LeadEvent): LeadState {
  const leaf = nextLeaf(state.leaf, event.type, choiceOf(event));
  if (leaf === undefined) return state;
  const { occurredAt, recordedAt, commandId, actor, change } = event.meta;
  const next = copyOf(state);
  next.leaf = leaf;
  next.recordedAt = recordedAt;
  if (state.taken?.id !== commandId) next.taken = { id: commandId, by: actor.id, earlier: state.taken };
  learn(next, event);
  changeOwners(next, event);
  changeCycle(next, state, event);
  if (leaf === state.leaf && sameOwners(next, state)) return next;
  if (occurredAt > state.effectiveAt) next.effectiveAt = occurredAt;
  if (leaf !== state.leaf) {
    next.leafSince = next.effectiveAt;
    next.offerWithdrawn = event.type === 'HandoffWithdrawn';
  }
  const accountable = change?.accountable?.to;
  if (accountable) next.accountable = accountable;
  return next;
}

/** What the payload says, leaving leaf, owners and cycles to the rules that hold for every event. */
function learn(next: Draft, event: LeadEvent): void {
  switch (event.type) {
    case 'LeadCreated':
      next.contact = event.data.contact;
      next.source = event.data.source;
      next.topic = event.data.topic;
      next.campaign = event.data.campaign ?? next.campaign;
      next.behaviours = event.data.behaviours;
      next.profile = event.data.profile;
      next.imported = event.meta.imported === true;
      next.createdAt = event.meta.occurredAt;
      return;
    case 'InterestRecorded':
      next.source = event.data.source;
      next.topic = event.data.topic;
      next.campaign = event.data.campaign ?? next.campaign;
      next.behaviours = [...new Set([...next.behaviours, ...event.data.behaviours])];
      next.newInputs = true;
      return;
    case 'LeadDetailsCorrected':
      // A corrected name or phone number is nothing that a policy looks at.
      if (!event.data.profile) return;
      next.profile = { ...next.profile, ...event.data.profile };
      next.newInputs = true;
      return;
    case 'LeadScored': {
      const { basis, total, passed } = event.data;
      next.score = { total, passed, ...(basis.kind === 'policy' ? { policyVersion: basis.policy.version } : {}) };
      return;
    }
    case 'NurtureStarted':
      next.resumeAt = event.data.resumeAt;
      return;
    case 'LeadQualified':
      next.qualification = event.data.basis;
      return;
    case 'LeadHeld':
      next.heldFor = event.data.team;
      return;
    case 'LeadHandedOff':
      next.offer = { id: event.data.offerId, acceptBy: event.data.acceptBy };
      return;
    case 'LeadContacted':
      next.touches += 1;
      return;
    case 'MessageRecommended':
      next.recommendedMessage = event.data.message;
      return;
    case 'DisqualificationProposed':
      next.proposal = { by: event.meta.actor.id, reason: event.data.reason.code };
      return;
    case 'DisqualificationDeclined':
      next.proposal = undefined;
      return;
    case 'LeadDisqualified':
      next.erased = event.data.reason.code === 'erased';
      return;
    case 'LeadMerged':
      next.mergedInto = event.data.into;
      return;
    case 'DuplicateAbsorbed':
      next.absorbed = [...next.absorbed, event.data.lead];
      return;
    default:
      return;
  }
}

const WORKED = ['working', 'opportunity', 'lost'];

/** I2: an offeree exactly while offered, a worker exactly while worked or lost; the steward never ends. */
function changeOwners(next: Draft, event: LeadEvent): void {
  const { steward, offeree, worker } = event.data as { steward?: Owner; offeree?: Owner; worker?: Person };
  const top = topState(next.leaf);
  if (steward) next.steward = steward;
  next.offeree = top === 'offered' ? (offeree ?? next.offeree) : undefined;
  next.worker = WORKED.includes(top) ? (worker ?? next.worker) : undefined;
  if (worker && !next.workedBy.includes(worker.team)) next.workedBy = [...next.workedBy, worker.team];
  if (top !== 'offered') next.offer = undefined;
  if (top !== 'held') next.heldFor = undefined;
  if (top !== 'merged') next.mergedInto = undefined;
}

/** What is per cycle ends with it: an unanswered proposal when it closes, the rest when the next begins. */
function changeCycle(next: Draft, before: LeadState, event: LeadEvent): void {
  next.cycles = cyclesAfter(before.cycles, before.leaf, event, next.leaf);
  const begun = before.cycles.length > 0 && next.cycles.length > before.cycles.length;
  if (begun || currentCycle(next)?.outcome !== undefined) next.proposal = undefined;
  if (!begun) return;
  next.qualification = undefined;
  next.newInputs = false;
  next.resumeAt = (event.data as { resumeAt?: string }).resumeAt;
}

const sameOwner = (a: Owner | undefined, b: Owner | undefined): boolean =>
  a?.team === b?.team && a?.person === b?.person;
const sameOwners = (a: LeadState, b: LeadState): boolean =>
  sameOwner(a.steward, b.steward) && sameOwner(a.offeree, b.offeree) && sameOwner(a.worker, b.worker);
