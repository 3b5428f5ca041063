import { createHash } from 'node:crypto';
import type { NewEvent } from '../event-store/event-store.js';
import { changeBetween } from '../lead-lifecycle/change.js';
import { allows, nextLeaf, topState } from '../lead-lifecycle/fold-table.js';
import { LEAD_EVENT_TYPES, type LeadEvent, type LeadEventType, type Owner } from '../lead-lifecycle/lead-events.js';
import { choiceOf, currentCycle, evolve, UNCREATED, type LeadState } from '../lead-lifecycle/lead-state.js';

/** Numbers that look random and are the same for the same seed (mulberry32); each in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const uuidOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

export const MARKETING = ['mkt-north', 'mkt-south'];
export const SALES = ['sal-east', 'sal-west', 'sal-mid'];
export const SOURCES = ['organic-search', 'paid-search', 'email', 'fair'];
const PEOPLE = ['p1', 'p2', 'p3', 'p4'];

export interface RandomLead {
  readonly lead: string;
  readonly stream: string;
  readonly events: readonly NewEvent[];
  /** folded by the lifecycle itself: what the views must agree with */
  readonly state: LeadState;
}

type Pick = <T>(from: readonly T[]) => T;

/** Random leads that went the ways the machine allows, of which some have the same contact. */
export function randomLeads(seed: number, leads: number, mostEvents: number): RandomLead[] {
  const random = seeded(seed);
  const pick: Pick = (from) => from[Math.floor(random() * from.length)]!;
  return Array.from({ length: leads }, (_, n) => {
    const lead = uuidOf(`lead ${seed} ${n}`);
    const contact = uuidOf(`contact ${seed} ${Math.floor(random() * leads)}`);
    return randomLead(lead, contact, 1 + Math.floor(random() * mostEvents), random, pick);
  });
}

function randomLead(lead: string, contact: string, count: number, random: () => number, pick: Pick): RandomLead {
  let state = UNCREATED;
  let now = Date.UTC(2026, Math.floor(random() * 6), 1 + Math.floor(random() * 28));
  const events: NewEvent[] = [];
  while (events.length < count) {
    const possible = LEAD_EVENT_TYPES.filter((type) => allows(state.leaf, type));
    if (possible.length === 0) break;
    const id = uuidOf(`${lead} ${events.length}`);
    const event = occur(state, pick(possible), { lead, contact, now, id, random, pick });
    now += Math.floor(random() * 86_400_000);
    if (nextLeaf(state.leaf, event.type, choiceOf(event)) === undefined) continue;
    const sealed = event.type === 'LeadCreated' || event.type === 'LeadDetailsCorrected';
    const data = { ...event.data, nonce: id.slice(0, 8), ...(sealed && { pii: { ct: `sealed ${id}` } }) };
    events.push({ id, type: `${event.type}.v1`, data, metadata: { ...event.meta } as unknown as NewEvent['metadata'] });
    state = evolve(state, event);
  }
  return { lead, stream: `lead-${lead}`, events, state };
}

interface Occasion {
  readonly lead: string;
  readonly contact: string;
  readonly now: number;
  readonly id: string;
  readonly random: () => number;
  readonly pick: Pick;
}

/** An event with the change that the writer would have put into its metadata. */
function occur(before: LeadState, type: LeadEventType, occasion: Occasion): LeadEvent {
  const { now, id, random, pick } = occasion;
  const recordedAt = new Date(now).toISOString();
  const meta = {
    // now and then told late: effectiveAt then stays where it was
    occurredAt: new Date(random() < 0.2 ? now - 172_800_000 : now).toISOString(),
    recordedAt,
    actor: { kind: 'human', id: pick(PEOPLE), role: pick(['marketing', 'sales'] as const) },
    commandId: id,
    ...(before.imported || (type === 'LeadCreated' && random() < 0.2) ? { imported: true } : {}),
  } as const;
  const cycle = currentCycle(before)?.number ?? 1;
  const data = { cycle, ...dataOf(type, before, occasion) };
  const bare = { type, data, meta } as unknown as LeadEvent;
  const after = evolve(before, bare);
  const accountable = accountableFor(after);
  const reason = (data as { reason?: { code?: string } }).reason?.code;
  const change = changeBetween(before, { ...after, ...(accountable && { accountable }) }, reason);
  return { type, data, meta: { ...meta, ...(change && { change }) } } as unknown as LeadEvent;
}

const accountableFor = ({ leaf, steward, worker, offeree }: LeadState): string | undefined =>
  ({ offered: offeree?.team, working: worker?.team, opportunity: worker?.team })[topState(leaf)] ?? steward?.team;

const reason = (code: string) => ({ code, agreement: { segment: 'default', version: 0 } });
const OVERRIDE = { kind: 'override', reason: 'met-in-person' };

function dataOf(type: LeadEventType, state: LeadState, { contact, now, id, random, pick }: Occasion): object {
  const sales = (): Owner => ({ team: pick(SALES), ...(random() < 0.8 && { person: pick(PEOPLE) }) });
  const salesperson = () => ({ team: pick(SALES), person: pick(PEOPLE) });
  const steward = () => ({ team: pick(MARKETING), ...(random() < 0.5 && { person: pick(PEOPLE) }) });
  const resumeAt = new Date(now + 30 * 86_400_000).toISOString();
  const from = {
    source: pick(SOURCES),
    topic: pick(['crm', 'erp']),
    ...(random() < 0.5 && { campaign: pick(['spring', 'autumn']) }),
  };
  const score = Math.floor(random() * 100);
  const given: Partial<Record<LeadEventType, object>> = {
    LeadCreated: {
      contact,
      ...from,
      behaviours: [],
      profile: { industry: pick(['retail', 'manufacturing']), country: 'de' },
      steward: steward(),
      intake: 'api',
      ...(random() < 0.3 && { externalRef: { system: 'crm', id: `x${Math.floor(random() * 1000)}` } }),
    },
    InterestRecorded: { ...from, behaviours: ['webinar'] },
    LeadScored: { basis: OVERRIDE, points: [], total: score, passed: score > 50, cause: 'manual' },
    NurtureStarted: { track: 'newsletter', channel: 'email', cadenceDays: 7, maximumSilenceDays: 60, resumeAt },
    LeadQualified: { basis: OVERRIDE },
    QualificationWithdrawn: { reason: reason('not-now'), ...(random() < 0.5 && { resumeAt }) },
    LeadHeld: { team: pick(SALES), backlog: 5, capacity: 5 },
    LeadReleased: { team: pick(SALES), backlog: 4, capacity: 5 },
    LeadHandedOff: { offerId: id, offeree: sales(), acceptBy: resumeAt, agreement: { segment: 'default', version: 0 } },
    HandoffWithdrawn: { offerId: id, reason: reason('in-error') },
    HandoffAccepted: { offerId: id, worker: salesperson(), late: false },
    HandoffRejected: { offerId: id, reason: reason('no-capacity'), resumeAt },
    HandoffExpired: { offerId: id, next: pick(['qualified', 'nurturing']), offers: 1 },
    LeadContacted: { by: state.steward, channel: 'phone', twoWay: true, human: true, advances: random() < 0.5 },
    LeadAdvanced: { stage: pick(['contacted', 'analysing', 'presenting', 'quoting', 'closing']) },
    LeadRecycled: { reason: reason('not-now'), resumeAt },
    LeadLost: { reason: reason('price.too-high') },
    LeadWon: { value: { amount: 10, currency: 'eur' } },
    DisqualificationProposed: { reason: reason('spam') },
    LeadDisqualified: { reason: reason('spam') },
    LeadReopened: { reason: reason('new-evidence') },
    WorkerReassigned: { worker: salesperson(), reason: reason('workload') },
    StewardTransferred: { steward: steward(), reason: reason('workload') },
    LeadDetailsCorrected: { corrected: [pick(['email', 'phone'])], profile: { industry: pick(['retail', 'it']) } },
    LeadQualityRated: { rating: Math.floor(random() * 5), cycle: 1 },
    LeadMerged: { into: uuidOf('survivor') },
    LeadUnmerged: { reason: reason('in-error') },
    DuplicateAbsorbed: { lead: uuidOf('duplicate') },
  };
  return given[type] ?? {};
}
