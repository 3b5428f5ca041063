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
  /** effectiveAt of the event that brought it into its leaf state */
  readonly leafSince: string;
  readonly recordedAt: string;
  readonly createdAt: string;
  readonly offer?: { readonly id: string; readonly acceptBy: string | null };
  /** the team for whose capacity it is held */
  readonly heldFor?: string;
  readonly qualification?: LeadEventData<'LeadQualified'>['basis'];
  readonly score?: { readonly total: number; readonly passed: boolean; readonly policyVersion?: number };
  /** something that a policy looks at was learnt in this cycle */
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
  leafSince: '',
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

/** The cycle that a rating is about: the named one, else the latest that sales worked. */
export const cycleToRate = (state: LeadState, number?: number): Cycle | undefined =>
  state.cycles.findLast((one) => (number === undefined ? one.lastWorker !== undefined : one.number === number));

/** The id of the actor whose command the stream holds already; undefined where it does not. */
export function takenBy(state: LeadState, commandId: string): string | undefined {
  for (let taken = state.taken; taken; taken = taken.earlier) if (taken.id === commandId) return taken.by;
  return undefined;
}

/**
 * The state after an event. Pure and total: an event that the lifecycle does not allow here (which no decider wrote)
 * leaves the state as it is.
 */
export function evolve(state: LeadState, event: LeadEvent): LeadState {
  const leaf = nextLeaf(state.leaf, event.type, choiceOf(event));
  if (leaf === undefined) return state;
  const { meta } = event;
  const { commandId: id, actor } = meta;
  const taken = state.taken?.id === id ? state.taken : { id, by: actor.id, earlier: state.taken };
  const learnt: LeadState = { ...state, ...whatItSays(state, event), leaf, recordedAt: meta.recordedAt, taken };
  const placed = withCycle(state, withOwners(learnt, event), event);
  if (placed.leaf === state.leaf && sameOwners(placed, state)) return placed;
  const effectiveAt = meta.occurredAt > state.effectiveAt ? meta.occurredAt : state.effectiveAt;
  const leafSince = placed.leaf === state.leaf ? state.leafSince : effectiveAt;
  const accountable = meta.change?.accountable?.to;
  return { ...placed, effectiveAt, leafSince, ...(accountable ? { accountable } : {}) };
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
      // A corrected name or phone number is nothing that a policy looks at.
      return event.data.profile ? { profile: { ...state.profile, ...event.data.profile }, newInputs: true } : {};
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
    ...(proposal && !declined ? { proposal } : {}),
    ...(data.worker && !state.workedBy.includes(data.worker.team)
      ? { workedBy: [...state.workedBy, data.worker.team] }
      : {}),
  };
}

/** What is per cycle ends with it: an unanswered proposal when it closes, the rest when the next begins. */
function withCycle(before: LeadState, state: LeadState, event: LeadEvent): LeadState {
  const cycles = cyclesAfter(before.cycles, before.leaf, event, state.leaf);
  const begun = before.cycles.length > 0 && cycles.length > before.cycles.length;
  const closed = cycles.at(-1)?.outcome !== undefined;
  if (!begun && !closed) return { ...state, cycles };
  const { proposal: _unanswered, ...settled } = state;
  if (!begun) return { ...settled, cycles };
  const { qualification: _qualification, resumeAt: _resumeAt, ...kept } = settled;
  const resumeAt = (event.data as { resumeAt?: string }).resumeAt;
  return { ...kept, newInputs: false, cycles, ...(resumeAt ? { resumeAt } : {}) };
}

const sameOwner = (a: Owner | undefined, b: Owner | undefined): boolean =>
  a?.team === b?.team && a?.person === b?.person;
const sameOwners = (a: LeadState, b: LeadState): boolean =>
  sameOwner(a.steward, b.steward) && sameOwner(a.offeree, b.offeree) && sameOwner(a.worker, b.worker);
