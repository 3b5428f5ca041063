import { closesCycle } from '../lead-lifecycle/cycles.js';
import { topState, type Leaf } from '../lead-lifecycle/fold-table.js';
import type { LeadRecord } from './lead-record.js';
import { newOutcome, signedVersion, type Begun } from './outcome-booking.js';
import type { OutcomeLeadRow, OutcomeRow } from './outcome-tables.js';

const WITH_SALES = ['offered', 'working', 'opportunity'];
const ENDED = ['lost', 'won', 'disqualified'];
const WORKED = ['working', 'opportunity'];
type Of<T extends LeadRecord['type']> = Extract<LeadRecord, { type: T }>;

/** What counts of one lead while its events are folded, in order; rows change in place and stand in `changed`. */
export class LeadOutcomes {
  readonly changed = new Set<OutcomeRow>();

  /** @param open the lead's rows that may still change */
  constructor(
    readonly lead: OutcomeLeadRow,
    private open: OutcomeRow[],
  ) {}

  take(event: LeadRecord): void {
    const { lead } = this;
    const before = lead.state as Leaf;
    const after = (event.meta.change?.state?.to ?? before) as Leaf;
    this.count(event, topState(before));
    if (WORKED.includes(topState(before)) && !WORKED.includes(topState(after))) this.leaveSales(event);
    if (closesCycle(before, event.type, after)) this.closeCycle(event.data.cycle);
    follow(lead, event);
    lead.state = after;
  }

  private count(event: LeadRecord, phase: string): void {
    switch (event.type) {
      case 'LeadHandedOff':
        return this.handOff(event);
      case 'HandoffAccepted':
        this.change(this.find('pass', event.data.cycle), { result: 'accepted' });
        return this.endOffer(event, { result: 'accepted' });
      case 'HandoffRejected':
        return this.reject(event);
      case 'HandoffExpired':
        return this.endOffer(event, { result: 'expired' });
      case 'HandoffWithdrawn':
        if (this.isFirstOffer(event.data.cycle)) this.free(event);
        return this.endOffer(event, { result: 'withdrawn' });
      case 'LeadDisqualified':
        return this.free(event);
      case 'LeadContacted':
        return this.touch(event, phase);
      case 'LeadQualityRated':
        return this.rate(event, phase);
      case 'InsightRecorded': {
        const by = { team: event.meta.actor.team ?? '', person: event.meta.actor.id };
        const tags = event.data.tags.length > 0 ? new Set(event.data.tags) : [''];
        for (const item of tags) this.begin(event, { unit: 'insight', item, by });
        return;
      }
      default:
    }
  }

  private handOff(event: Of<'LeadHandedOff'>): void {
    const { offeree, firstTouchBy, packet, agreement, cycle } = event.data;
    const { qualification: basis } = packet;
    const versions = {
      policy_version: basis.kind === 'policy' ? signedVersion(basis.policy) : '',
      agreement_version: signedVersion(agreement),
    };
    if (this.find('pass', cycle) === undefined) {
      this.begin(event, { unit: 'pass', by: offeree, due_at: firstTouchBy, ...versions, open: 1 });
    }
    this.begin(event, { unit: 'offer', by: offeree, ...versions, open: 1 });
  }

  private reject(event: Of<'HandoffRejected'>): void {
    const { cycle, reason } = event.data;
    // Whoever is offered it later rejects for themselves alone, not for the first offeree.
    if (this.isFirstOffer(cycle)) this.change(this.find('pass', cycle), { rejected_at: event.meta.occurredAt });
    this.endOffer(event, { result: 'rejected', reason: reason.code, fault_domain: reason.faultDomain ?? '' });
  }

  private isFirstOffer(cycle: number): boolean {
    return this.find('pass', cycle)?.revision === this.find('offer', cycle)?.revision;
  }

  /** Nobody of sales owes a touch any more that was not due yet: the offer was taken back, or the lead's clocks end. */
  private free({ data, meta }: LeadRecord): void {
    const pass = this.find('pass', data.cycle);
    this.change(pass, { freed_at: earliest(pass?.freed_at, meta.occurredAt) });
  }

  private endOffer(event: LeadRecord, how: Partial<OutcomeRow>): void {
    this.change(this.find('offer', event.data.cycle), { ...how, open: 0 });
  }

  private touch(event: Of<'LeadContacted'>, phase: string): void {
    const { lead } = this;
    const { by, human, asset, cycle } = event.data;
    const { occurredAt, actor } = event.meta;
    const bySales = by.team === lead.offeree_team || by.team === lead.worker_team;
    const pass = this.find('pass', cycle);
    if (pass !== undefined && bySales && human && occurredAt >= pass.at) {
      this.change(pass, { touched_at: earliest(pass.touched_at, occurredAt) });
    }
    const byMarketing = !bySales && (by.team === lead.steward || actor.role === 'marketing');
    if (byMarketing && WITH_SALES.includes(phase)) this.begin(event, { unit: 'assist', by });
    if (asset === undefined) return;
    this.begin(event, { unit: 'asset-use', item: asset, by });
    if (ENDED.includes(phase)) return;
    lead.assets = [...new Set([...lead.assets.split(' ').filter(Boolean), asset])].join(' ');
  }

  /** The first rating of a cycle that sales works or worked. */
  private rate(event: Of<'LeadQualityRated'>, phase: string): void {
    const { cycle, rating, agreement } = event.data;
    const exit = this.find('exit', cycle);
    const pass = this.find('pass', cycle);
    const inWork = WORKED.includes(phase) && pass?.rated === 0;
    if (exit === undefined && !inWork) return;
    const by = exit ?? this.worker();
    this.begin(event, { unit: 'rating', by, worth: rating, agreement_version: signedVersion(agreement) });
    this.change(pass, { rated: 1 });
    this.change(exit, { rated: 1, open: 0 });
  }

  private leaveSales(event: LeadRecord): void {
    const result = RESULTS[event.type];
    if (result === undefined) return;
    const by = this.worker();
    const rated = this.find('pass', event.data.cycle)?.rated ?? 0;
    const end = { by, result, ...whyLost(event), ...worthOf(event) };
    this.begin(event, { unit: 'exit', ...end, rated, open: rated === 0 ? 1 : 0 });
    for (const item of this.lead.assets.split(' ').filter(Boolean)) {
      this.begin(event, { unit: 'asset-exit', ...end, item });
    }
    if (result === 'won') this.change(this.find('pass', event.data.cycle), { result });
  }

  private closeCycle(cycle: number): void {
    this.change(this.find('pass', cycle), { open: 0 });
    this.change(this.find('offer', cycle), { open: 0 });
    this.lead.assets = '';
  }

  private worker(): { team: string; person: string } {
    return { team: this.lead.worker_team, person: this.lead.worker_person };
  }

  private begin(event: LeadRecord, begun: Begun): void {
    const row = newOutcome(this.lead, event, begun);
    this.changed.add(row);
    if (row.open === 1) this.open.push(row);
  }

  private find(unit: 'pass' | 'offer' | 'exit', cycle: number): OutcomeRow | undefined {
    return this.open.find((row) => row.unit === unit && row.cycle === cycle);
  }

  private change(row: OutcomeRow | undefined, changes: Partial<OutcomeRow>): void {
    if (row === undefined) return;
    Object.assign(row, changes);
    this.changed.add(row);
    if (row.open === 0) this.open = this.open.filter((other) => other !== row);
  }
}

/** What is told later may have happened before, and what happens again frees or touches nothing anew. */
const earliest = (known: string | null | undefined, at: string): string =>
  known === null || known === undefined || at < known ? at : known;

const RESULTS: Partial<Record<LeadRecord['type'], string>> = {
  LeadWon: 'won',
  LeadLost: 'lost',
  LeadRecycled: 'recycled',
  LeadDisqualified: 'disqualified',
};

function whyLost(event: LeadRecord): Partial<Omit<OutcomeRow, 'unit'>> {
  if (event.type !== 'LeadLost') return {};
  const { reason, asset = '' } = event.data;
  const { code, faultDomain = '', agreement } = reason;
  return { reason: code, fault_domain: faultDomain, agreement_version: signedVersion(agreement), item: asset };
}

/** In hundredths, so that sums are of whole numbers. */
function worthOf(event: LeadRecord): Partial<Omit<OutcomeRow, 'unit'>> {
  if (event.type !== 'LeadWon' || event.data.value === null) return {};
  const { amount, currency } = event.data.value;
  return { worth: Math.round(amount * 100), currency };
}

function follow(lead: OutcomeLeadRow, event: LeadRecord): void {
  const { change } = event.meta;
  if (event.type === 'LeadDetailsCorrected') lead.segment = event.data.profile?.segment ?? lead.segment;
  if (change?.steward) lead.steward = change.steward.to?.team ?? '';
  if (change?.offeree) lead.offeree_team = change.offeree.to?.team ?? '';
  if (change?.worker) {
    lead.worker_team = change.worker.to?.team ?? '';
    lead.worker_person = change.worker.to?.person ?? '';
  }
}
