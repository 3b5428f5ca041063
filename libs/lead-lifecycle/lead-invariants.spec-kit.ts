import { findReason, type AgreementContent, type ReasonList } from '../agreements/agreement-content.js';
import { topState } from './fold-table.js';
import type { LeadEvent, LeadEventType, Owner } from './lead-events.js';
import { flowFrom } from './lifecycle-flow.spec-kit.js';
import { choiceOf, type LeadState } from './lead-state.js';
import { OWNER_ROLES, ownershipOf, type Interval, type OwnerRole } from './ownership.js';

/** The list that each event's reason is of (I3). */
const REASONS: Partial<Record<LeadEventType, readonly ReasonList[]>> = {
  QualificationWithdrawn: ['withdraw'],
  HandoffWithdrawn: ['withdraw'],
  HandoffRejected: ['reject'],
  LeadRecycled: ['recycle'],
  LeadLost: ['lost'],
  DisqualificationProposed: ['disqualify'],
  DisqualificationDeclined: ['reopen', 'recycle'],
  LeadDisqualified: ['disqualify'],
  LeadReopened: ['reopen'],
  LeadUnmerged: ['unmerge'],
  WorkerReassigned: ['reassign'],
  StewardTransferred: ['transfer'],
};
const ANSWERS: readonly LeadEventType[] = ['HandoffAccepted', 'HandoffRejected', 'HandoffExpired', 'HandoffWithdrawn'];
const BEYOND_NURTURING = ['qualified', 'held', 'offered', 'working', 'opportunity', 'lost'];
const WORKED = ['working', 'opportunity', 'lost'];

function hold(holds: boolean, invariant: string, event?: LeadEvent): asserts holds {
  if (!holds) throw new Error(`${invariant}: ${JSON.stringify(event)}`);
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Watches one lead event by event, with books of its own: nothing is believed because the fold says so. */
export class Watch {
  readonly events: LeadEvent[] = [];
  #leaf = 'uncreated';
  #cycle = 0;
  #closed = false;
  #effectiveAt = '';
  #recordedAt = '';
  #offer: string | undefined;
  readonly #owners: Record<OwnerRole, Owner | string | null> = {
    steward: null,
    offeree: null,
    worker: null,
    accountable: null,
  };
  readonly #closedCycles = new Map<number, string>();
  readonly #worked = new Set<number>();
  readonly #rated = new Set<number>();

  see(event: LeadEvent, after: LeadState, agreement: AgreementContent): void {
    this.#times(event);
    const from = this.#leaf;
    this.#state(event, after);
    this.#ownersOf(event, after);
    this.#cycles(event, from, after);
    this.#offers(event);
    reasoned(event, agreement);
    qualifiedRightly(event);
    hold((event.meta.imported === true) === (event.meta.actor.role === 'import'), 'I8 imported says so', event);
    this.events.push(event);
  }

  #times({ meta, ...rest }: LeadEvent): void {
    const event = { ...rest, meta } as LeadEvent;
    hold(meta.occurredAt <= meta.recordedAt, 'occurredAt ≤ recordedAt', event);
    hold(meta.recordedAt >= this.#recordedAt, 'recordedAt never decreases', event);
    this.#recordedAt = meta.recordedAt;
    if (!meta.change) return;
    const due = meta.occurredAt > this.#effectiveAt ? meta.occurredAt : this.#effectiveAt;
    hold(meta.change.effectiveAt === due, 'effectiveAt is the later of the two', event);
    this.#effectiveAt = due;
  }

  #state(event: LeadEvent, after: LeadState): void {
    const to = flowFrom(this.#leaf, event.type, choiceOf(event));
    hold(to !== undefined && after.leaf === to, `the table leads from ${this.#leaf} to ${to}`, event);
    const from = this.#leaf === 'uncreated' ? null : this.#leaf;
    hold(same(event.meta.change?.state, from === to ? null : { from, to }), 'change says the state', event);
    this.#leaf = to;
  }

  #ownersOf(event: LeadEvent, after: LeadState): void {
    for (const role of OWNER_ROLES) {
      const change = event.meta.change?.[role];
      if (change) hold(same(change.from, this.#owners[role]), `${role}: change continues what was`, event);
      if (change) this.#owners[role] = change.to;
      hold(same(this.#owners[role], after[role]), `${role}: change and state agree`, event);
    }
    const { steward, offeree, worker, accountable } = this.#owners;
    const top = topState(after.leaf);
    hold(steward !== null && accountable !== null, 'I1 a steward and somebody accountable always', event);
    hold((offeree !== null) === (top === 'offered'), 'I2 an offeree exactly while offered', event);
    hold((worker !== null) === WORKED.includes(top), 'I2 a worker exactly while worked or lost', event);
    hold(worker === null || (worker as Owner).person !== undefined, 'a queue never works', event);
  }

  #cycles(event: LeadEvent, from: string, after: LeadState): void {
    const { type, data } = event;
    const begins = type === 'LeadCreated' || type === 'LeadReopened' || (type === 'LeadUnmerged' && this.#closed);
    if (begins) [this.#cycle, this.#closed] = [this.#cycle + 1, false];
    if (type === 'LeadQualityRated') {
      hold(this.#worked.has(data.cycle) && !this.#rated.has(data.cycle), 'rated once, where worked', event);
      this.#rated.add(data.cycle);
    } else {
      hold(data.cycle === this.#cycle, `I7 the event carries cycle ${this.#cycle}`, event);
    }
    if (this.#owners.worker !== null) this.#worked.add(this.#cycle);
    const returned = after.leaf === 'nurturing' && BEYOND_NURTURING.includes(from.split('.')[0] ?? '');
    if (type === 'LeadWon' || type === 'LeadDisqualified') this.#closed = true;
    if (returned) this.#cycle += 1;
    hold(
      same(
        after.cycles.map(({ number }) => number),
        oneTo(this.#cycle),
      ),
      'I7 numbered without gap',
      event,
    );
    for (const { rated: _rated, ...cycle } of after.cycles.filter(({ outcome }) => outcome !== undefined)) {
      const told = JSON.stringify(cycle);
      hold((this.#closedCycles.get(cycle.number) ?? told) === told, 'I7 a closed cycle never changes', event);
      this.#closedCycles.set(cycle.number, told);
    }
    const open = after.cycles.filter(({ outcome }) => outcome === undefined);
    hold(open.length === (this.#closed ? 0 : 1), 'I7 one cycle is open, or none', event);
  }

  #offers(event: LeadEvent): void {
    if (event.type === 'LeadHandedOff') this.#offer = event.data.offerId;
    else if (ANSWERS.includes(event.type)) {
      hold((event.data as { offerId: string }).offerId === this.#offer, 'the answer is to the open offer', event);
    }
  }

  /** I1 and I2 over the whole history, from the trail that the events leave. */
  end(): void {
    const { steward, offeree, worker, accountable } = ownershipOf(this.events);
    for (const intervals of [steward, offeree, worker, accountable]) intervals.forEach(inOrder);
    for (const gapless of [steward, accountable]) {
      gapless.forEach(({ until }, index) => {
        hold(until === gapless[index + 1]?.from, 'I1 no gap from creation on');
      });
      hold(gapless.length === 0 || gapless.at(-1)?.until === undefined, 'I1 it never ends');
    }
  }
}

const oneTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);

function inOrder({ from, until, knownFrom, knownUntil }: Interval, index: number, all: readonly Interval[]): void {
  const next = all[index + 1];
  hold(until === undefined || from <= until, 'an interval ends after it begins');
  hold(knownUntil === undefined || knownFrom <= knownUntil, 'and is known to');
  hold(next === undefined || (until !== undefined && until <= next.from), 'one at a time');
}

function reasoned(event: LeadEvent, agreement: AgreementContent): void {
  const lists = REASONS[event.type];
  if (!lists) return;
  const { code } = (event.data as { reason: { code: string } }).reason;
  hold(
    lists.some((list) => findReason(agreement, list, code) !== undefined),
    'I3 an agreed reason',
    event,
  );
  if (event.meta.change) hold(event.meta.change.reasonCode === code, 'I3 change names it', event);
}

function qualifiedRightly(event: LeadEvent): void {
  if (event.type !== 'LeadQualified') return;
  const { basis } = event.data;
  const byRule = event.meta.actor.role === 'rule';
  if (basis.kind === 'override') return hold(!byRule && basis.reason !== '', 'I4 an override has a person', event);
  const sum = basis.points.reduce((total, { points }) => total + points, 0);
  hold(byRule && basis.policy.version > 0 && sum === basis.total, 'I4 the points are the total', event);
  hold(basis.total >= basis.threshold, 'I4 it passes', event);
}
