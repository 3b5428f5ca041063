import type { Leaf } from './fold-table.js';
import { INITIAL_LEAF, nextLeaf, topState } from './fold-table.js';
import type { LeadEvent, LeadEventData, Owner, Person, Profile } from './lead-events.js';

/** One pass through the lifecycle. `outcome` is the type of the event that closed it; then nothing here changes but the rating. */
export interface Cycle {
  readonly number: number;
  readonly outcome?: string;
  /** the last to work it, kept after they let go: who may still rate it */
  readonly lastWorker?: Person;
  readonly rated: boolean;
  readonly offers: number;
  readonly twoWay: boolean;
}

/** Commands already taken into the stream, newest first: a linked list, so that a fold stays linear. */
export interface TakenCommand {
  readonly id: string;
  readonly earlier: TakenCommand | undefined;
}

export interface LeadState {
  readonly leaf: Leaf;
  readonly contact?: string;
  /** of the latest interest; what rules look at. The first source stays in LeadCreated. */
  readonly source: string;
  readonly topic: string;
  readonly campaign?: string;
  readonly behaviours: readonly string[];
  readonly profile: Profile;
  /** oldest first; the last is the current one. Empty before creation. */
  readonly cycles: readonly Cycle[];
  readonly steward?: Owner;
  readonly offeree?: Owner;
  readonly worker?: Person;
  readonly accountable?: string;
  /** sales teams that work or once worked it: they keep the right to read it */
  readonly workedBy: readonly string[];
  readonly effectiveAt: string;
  readonly recordedAt: string;
  readonly createdAt: string;
  readonly offer?: { readonly id: string; readonly acceptBy: string | null };
  /** the team for whose capacity it is held */
  readonly heldFor?: string;
  readonly qualification?: LeadEventData<'LeadQualified'>['basis'];
  readonly score?: { readonly total: number; readonly passed: boolean; readonly policyVersion?: number };
  /** something was learnt since the last return to nurturing */
  readonly newInputs: boolean;
  readonly resumeAt?: string;
  readonly touches: number;
  readonly recommendedMessage?: string;
  readonly proposal?: { readonly by: string; readonly reason: string };
  readonly mergedInto?: string;
  readonly absorbed: readonly string[];
  readonly erased: boolean;
  readonly imported: boolean;
  readonly taken: TakenCommand | undefined;
}

export const UNCREATED: LeadState = {
  leaf: INITIAL_LEAF,
  source: 'unknown',
  topic: 'unknown',
  behaviours: [],
  profile: {},
  cycles: [],
  workedBy: [],
  effectiveAt: '',
  recordedAt: '',
  createdAt: '',
  newInputs: false,
  touches: 0,
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

export function hasTaken(state: LeadState, commandId: string): boolean {
  for (let taken = state.taken; taken; taken = taken.earlier) if (taken.id === commandId) return true;
  return false;
}

/**
 * The state after an event. Pure and total: an event that the lifecycle does not allow here (which no decider wrote)
 * leaves the state as it is.
 */
export function evolve(state: LeadState, event: LeadEvent): LeadState {
  const leaf = nextLeaf(state.leaf, event.type, choiceOf(event));
  if (leaf === undefined) return state;
  const { meta } = event;
  const taken = state.taken?.id === meta.commandId ? state.taken : { id: meta.commandId, earlier: state.taken };
  const learnt: LeadState = { ...state, ...whatItSays(state, event), leaf, recordedAt: meta.recordedAt, taken };
  const placed = withCycle(state, withOwners(learnt, event), event);
  if (placed.leaf === state.leaf && sameOwners(placed, state)) return placed;
  const effectiveAt = meta.occurredAt > state.effectiveAt ? meta.occurredAt : state.effectiveAt;
  const accountable = meta.change?.accountable?.to;
  return { ...placed, effectiveAt, ...(accountable ? { accountable } : {}) };
}

/** What the payload says, leaving leaf, owners and cycles to the rules that hold for every event. */
function whatItSays(state: LeadState, event: LeadEvent): Partial<LeadState> {
  switch (event.type) {
    case 'LeadCreated': {
      const { contact, source, topic, campaign, behaviours, profile } = event.data;
      const imported = event.meta.imported === true;
      const createdAt = event.meta.occurredAt;
      return { contact, source, topic, behaviours, profile, imported, createdAt, ...(campaign ? { campaign } : {}) };
    }
    case 'InterestRecorded': {
      const { source, topic, campaign, behaviours } = event.data;
      const all = [...new Set([...state.behaviours, ...behaviours])];
      return { source, topic, behaviours: all, newInputs: true, ...(campaign ? { campaign } : {}) };
    }
    case 'LeadDetailsCorrected':
      return { profile: { ...state.profile, ...event.data.profile }, newInputs: true };
    case 'LeadScored': {
      const { basis, total, passed } = event.data;
      return { score: { total, passed, ...(basis.kind === 'policy' ? { policyVersion: basis.policy.version } : {}) } };
    }
    case 'NurtureStarted':
      return { resumeAt: event.data.resumeAt };
    case 'LeadQualified':
      return { qualification: event.data.basis };
    case 'LeadHeld':
      return { heldFor: event.data.team };
    case 'LeadHandedOff':
      return { offer: { id: event.data.offerId, acceptBy: event.data.acceptBy } };
    case 'LeadContacted':
      return { touches: state.touches + 1 };
    case 'MessageRecommended':
      return { recommendedMessage: event.data.message };
    case 'DisqualificationProposed':
      return { proposal: { by: event.meta.actor.id, reason: event.data.reason.code } };
    case 'LeadDisqualified':
      return { erased: event.data.reason.code === 'erased' };
    case 'LeadMerged':
      return { mergedInto: event.data.into };
    case 'DuplicateAbsorbed':
      return { absorbed: [...state.absorbed, event.data.lead] };
    default:
      return {};
  }
}

const WORKED = ['working', 'opportunity', 'lost'];

/** I2: an offeree exactly while offered, a worker exactly while worked or lost; the steward never ends. */
function withOwners(state: LeadState, event: LeadEvent): LeadState {
  const { offeree, worker, offer, heldFor, proposal, mergedInto, ...rest } = state;
  const top = topState(state.leaf);
  const data = event.data as { steward?: Owner; offeree?: Owner; worker?: Person };
  const nowOfferee = data.offeree ?? offeree;
  const nowWorker = data.worker ?? worker;
  const declined = event.type === 'DisqualificationDeclined';
  return {
    ...rest,
    ...(data.steward ? { steward: data.steward } : {}),
    ...(top === 'offered' && nowOfferee ? { offeree: nowOfferee } : {}),
    ...(top === 'offered' && offer ? { offer } : {}),
    ...(WORKED.includes(top) && nowWorker ? { worker: nowWorker } : {}),
    ...(top === 'held' && heldFor ? { heldFor } : {}),
    ...(top === 'merged' && mergedInto ? { mergedInto } : {}),
    ...(proposal && !declined && top !== 'disqualified' && top !== 'won' && top !== 'nurturing' ? { proposal } : {}),
    ...(data.worker && !state.workedBy.includes(data.worker.team)
      ? { workedBy: [...state.workedBy, data.worker.team] }
      : {}),
  };
}

const RETURNS_FROM = ['qualified', 'held', 'offered', 'working', 'opportunity', 'lost'];

/** Whether an event closes the cycle it carries: won, disqualified, or back to nurturing from beyond it. */
export function closesCycle(from: Leaf, type: LeadEvent['type'], to: Leaf): boolean {
  if (type === 'LeadWon' || type === 'LeadDisqualified') return true;
  return to === 'nurturing' && RETURNS_FROM.includes(topState(from));
}

function withCycle(before: LeadState, state: LeadState, event: LeadEvent): LeadState {
  const past = before.cycles.slice(0, -1);
  const current = before.cycles.at(-1);
  const fresh = (number: number): Cycle => ({ number, rated: false, offers: 0, twoWay: false });
  if (current === undefined) return { ...state, cycles: [fresh(1)] };
  if (event.type === 'LeadQualityRated') {
    const cycles = before.cycles.map((c) => (c.number === event.data.cycle ? { ...c, rated: true } : c));
    return { ...state, cycles };
  }
  if (event.type === 'LeadReopened' || (event.type === 'LeadUnmerged' && current.outcome !== undefined)) {
    return nextCycle(state, [...before.cycles, fresh(current.number + 1)]);
  }
  if (closesCycle(before.leaf, event.type, state.leaf)) {
    const done = [...past, { ...current, outcome: event.type }];
    if (state.leaf !== 'nurturing') return { ...state, cycles: done };
    const resumeAt = (event.data as { resumeAt?: string }).resumeAt;
    const returned = nextCycle(state, [...done, fresh(current.number + 1)]);
    return { ...returned, newInputs: false, ...(resumeAt ? { resumeAt } : {}) };
  }
  const updated = withinCycle(current, event);
  return updated === current ? { ...state, cycles: before.cycles } : { ...state, cycles: [...past, updated] };
}

function withinCycle(current: Cycle, event: LeadEvent): Cycle {
  switch (event.type) {
    case 'LeadHandedOff':
      return { ...current, offers: current.offers + 1 };
    case 'HandoffAccepted':
    case 'WorkerReassigned':
      return { ...current, lastWorker: event.data.worker };
    case 'LeadContacted':
      return event.data.twoWay && !current.twoWay ? { ...current, twoWay: true } : current;
    default:
      return current;
  }
}

/** What is per cycle begins anew. */
function nextCycle(state: LeadState, cycles: readonly Cycle[]): LeadState {
  const { qualification: _qualification, resumeAt: _resumeAt, ...kept } = state;
  return { ...kept, cycles };
}

const sameOwner = (a: Owner | undefined, b: Owner | undefined): boolean =>
  a?.team === b?.team && a?.person === b?.person;
const sameOwners = (a: LeadState, b: LeadState): boolean =>
  sameOwner(a.steward, b.steward) && sameOwner(a.offeree, b.offeree) && sameOwner(a.worker, b.worker);
