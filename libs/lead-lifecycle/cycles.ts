import { topState, type Leaf } from './fold-table.js';
import type { LeadEvent, Person } from './lead-events.js';

/** One pass through the lifecycle. Closed by the event that `outcome` names; then nothing here changes but the rating. */
export interface Cycle {
  readonly number: number;
  readonly outcome?: string;
  /** the last to work it, kept after they let go: who may still rate it */
  readonly lastWorker?: Person;
  readonly rated: boolean;
  readonly offers: number;
  readonly twoWay: boolean;
}

const fresh = (number: number): Cycle => ({ number, rated: false, offers: 0, twoWay: false });

const RETURNS_FROM = ['qualified', 'held', 'offered', 'working', 'opportunity', 'lost'];

/** Whether an event closes the cycle it carries: won, disqualified, or back to nurturing from beyond it. */
export function closesCycle(from: Leaf, type: LeadEvent['type'], to: Leaf): boolean {
  if (type === 'LeadWon' || type === 'LeadDisqualified') return true;
  return to === 'nurturing' && RETURNS_FROM.includes(topState(from));
}

/**
 * The cycles after an event that led from one leaf to another; one more than before where the next cycle begins.
 * `cycles` is oldest first and empty before the lead was created.
 */
export function cyclesAfter(cycles: readonly Cycle[], from: Leaf, event: LeadEvent, to: Leaf): readonly Cycle[] {
  const current = cycles.at(-1);
  if (current === undefined) return [fresh(1)];
  if (event.type === 'LeadQualityRated') {
    return cycles.map((cycle) => (cycle.number === event.data.cycle ? { ...cycle, rated: true } : cycle));
  }
  if (current.outcome !== undefined) {
    return event.type === 'LeadReopened' || event.type === 'LeadUnmerged'
      ? [...cycles, fresh(current.number + 1)]
      : cycles;
  }
  if (closesCycle(from, event.type, to)) {
    const closed = [...cycles.slice(0, -1), { ...current, outcome: event.type }];
    return to === 'nurturing' ? [...closed, fresh(current.number + 1)] : closed;
  }
  const updated = within(current, event);
  return updated === current ? cycles : [...cycles.slice(0, -1), updated];
}

function within(current: Cycle, event: LeadEvent): Cycle {
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
