import type { NewEvent } from '../event-store/event-store.js';
import { changeBetween } from '../lead-lifecycle/change.js';
import { nextLeaf, topState } from '../lead-lifecycle/fold-table.js';
import { evolve, UNCREATED, choiceOf, type LeadState } from '../lead-lifecycle/lead-state.js';
import type { LeadEvent, LeadEventType } from '../lead-lifecycle/lead-events.js';
import { MARKETING, randomLeads, SALES, seeded, uuidOf, type RandomLead } from './lead-history.spec-kit.js';

export interface LeadStep {
  readonly before: LeadState;
  readonly event: LeadEvent;
  readonly after: LeadState;
}
export interface SteppedLead extends RandomLead {
  readonly steps: readonly LeadStep[];
}

const CANDIDATES = 8;

/** Of so many times more random leads those that went furthest with sales: else hardly any would be won or lost. */
function leadsOfSales(seed: number, leads: number, mostEvents: number): RandomLead[] {
  const went = ['HandoffRejected', 'HandoffAccepted', 'LeadLost', 'LeadSalesQualified'].map((type) => `${type}.v1`);
  const distance = ({ events }: RandomLead) => Math.max(...events.map(({ type }) => went.indexOf(type)));
  return randomLeads(seed, leads * CANDIDATES, mostEvents)
    .map((lead) => ({ lead, distance: distance(lead) }))
    .sort((a, b) => b.distance - a.distance)
    .slice(0, leads)
    .map(({ lead }) => lead);
}

/** Random leads whose events say all that a number looks at: due times, touches of either side, assets, reasons. */
export function leadsWithOutcomes(seed: number, leads: number, mostEvents: number): SteppedLead[] {
  const random = seeded(seed + 1);
  return leadsOfSales(seed, leads, mostEvents).map((lead) => {
    let state = UNCREATED;
    const steps: LeadStep[] = [];
    const events: NewEvent[] = [];
    const take = ({ type, data, meta }: LeadEvent, id: string) => {
      const event = { type, data: { ...data, ...dataOf({ type, data, meta } as LeadEvent, state, random) } };
      if (nextLeaf(state.leaf, type, choiceOf(event)) === undefined) throw new Error('not as it went');
      const told = { ...event, meta: withChange(state, { ...event, meta } as LeadEvent) } as LeadEvent;
      const after = evolve(state, told);
      steps.push({ before: state, event: told, after });
      events.push({ id, type: `${type}.v1`, data: told.data, metadata: told.meta } as unknown as NewEvent);
      state = after;
    };
    for (const stored of lead.events) {
      const wonBy = random() < 0.2 ? WAY_TO_WON[state.leaf.split('.').at(-1) ?? ''] : undefined;
      for (const type of wonBy ?? []) take(inPlaceOf(stored, type, state), uuidOf(`${stored.id} ${type}`));
      if (wonBy) break;
      take(asDecided(stored), stored.id);
    }
    return { ...lead, events, steps, state };
  });
}

/** Chance alone brings hardly any lead to a win: some are won instead of what else would have become of them. */
const WAY_TO_WON: Readonly<Record<string, readonly LeadEventType[]>> = {
  attempting: ['LeadContacted', 'LeadSalesQualified', 'LeadWon'],
  contacted: ['LeadSalesQualified', 'LeadWon'],
  analysing: ['LeadSalesQualified', 'LeadWon'],
  presenting: ['LeadWon'],
  quoting: ['LeadWon'],
  closing: ['LeadWon'],
};

const asDecided = ({ type, data, metadata }: NewEvent) =>
  ({ type: type.replace('.v1', ''), data, meta: metadata }) as unknown as LeadEvent;

function inPlaceOf(stored: NewEvent, type: LeadEventType, before: LeadState): LeadEvent {
  const { change: _change, ...meta } = asDecided(stored).meta;
  const data = {
    cycle: before.cycles.at(-1)?.number,
    nonce: stored.data.nonce,
    ...(type === 'LeadContacted' && { advances: true }),
  };
  return { type, data, meta } as unknown as LeadEvent;
}

/** As the writer puts it there; what was decided with a change keeps that. */
function withChange(before: LeadState, event: LeadEvent): LeadEvent['meta'] {
  if (event.meta.change) return event.meta;
  const change = changeBetween(before, evolve(before, event));
  return { ...event.meta, ...(change && { change }) };
}

const DAY = 86_400_000;

function dataOf(event: LeadEvent, before: LeadState, random: () => number): object {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const agreement = { segment: 'default', version: pick([0, 1]) };
  const policy = { kind: 'policy', policy: { segment: 'default', version: pick([1, 2]) } };
  const inDays = (days: number) => new Date(Date.parse(event.meta.occurredAt) + days * DAY).toISOString();
  switch (event.type) {
    case 'LeadHandedOff': {
      const qualification = random() < 0.7 ? policy : { kind: 'override', reason: 'met-in-person' };
      const firstTouchBy = event.meta.imported ? null : inDays(pick([0, 1, 3]));
      return { firstTouchBy, packet: { qualification }, agreement };
    }
    case 'HandoffRejected':
      return { reason: { code: 'not-now', faultDomain: 'timing', agreement } };
    case 'LeadLost': {
      const reason = { code: pick(['price.too-high', 'other']), faultDomain: pick(['price', 'collateral']), agreement };
      return { reason, ...(random() < 0.4 && { asset: pick(ASSETS) }) };
    }
    case 'LeadWon':
      return { value: random() < 0.7 ? { amount: pick([10.25, 200]), currency: pick(['eur', 'usd']) } : null };
    case 'LeadQualityRated': {
      const cycle = 1 + Math.floor(random() * before.cycles.length);
      return { cycle, rating: Math.floor(random() * 6), agreement };
    }
    case 'InsightRecorded':
      return { kind: 'wish', tags: pick([[], ['erp'], ['erp', 'price'], ['erp', 'erp']]) };
    case 'LeadContacted': {
      const touchers = [before.offeree, before.worker, before.steward, { team: pick([...SALES, ...MARKETING]) }];
      const by = pick(touchers.filter((owner) => owner !== undefined));
      return { by, human: random() < 0.7, ...(random() < 0.6 && { asset: pick(ASSETS) }) };
    }
    default:
      return {};
  }
}

export const ASSETS = ['flyer', 'white-paper', 'demo-video'];

export const phaseOf = (state: LeadState): string => topState(state.leaf);
