import type { OutcomeUnit } from '../metric-catalogue/outcome-metric.js';
import { monthOf } from '../metric-catalogue/counting.js';
import type { LeadRecord } from './lead-record.js';
import type { OutcomeLeadRow, OutcomeRow } from './outcome-tables.js';

/** What begins to count, and to whom it is booked. */
export type Begun = Partial<OutcomeRow> & {
  readonly unit: OutcomeUnit;
  readonly by: { readonly team: string; readonly person?: string | undefined };
};

/** `default@2`, as policies and agreements are numbered within their segment. */
export const signedVersion = ({ segment, version }: { readonly segment: string; readonly version: number }): string =>
  `${segment}@${version}`;

/** A row under the event that begins it, booked to the month in which that happened. */
export function newOutcome(lead: OutcomeLeadRow, event: LeadRecord, { by, ...given }: Begun): OutcomeRow {
  const { occurredAt, imported } = event.meta;
  return {
    lead: event.lead,
    revision: event.revision,
    item: '',
    cycle: event.data.cycle,
    at: occurredAt,
    month: monthOf(occurredAt),
    source: lead.source,
    topic: lead.topic,
    campaign: lead.campaign,
    segment: lead.segment,
    team: by.team,
    person: by.person ?? '',
    steward: lead.steward,
    policy_version: '',
    agreement_version: '',
    imported: imported ? 1 : 0,
    currency: '',
    worth: 0,
    due_at: null,
    result: '',
    reason: '',
    fault_domain: '',
    touched_at: null,
    rejected_at: null,
    freed_at: null,
    rated: 0,
    open: 0,
    ...given,
  };
}

/** A lead before its first event is folded. */
export function newOutcomeLead(event: LeadRecord): OutcomeLeadRow {
  if (event.type !== 'LeadCreated') throw new TypeError('a lead begins with LeadCreated');
  const { source, topic, campaign = '', profile, steward } = event.data;
  return {
    lead: event.lead,
    source,
    topic,
    campaign,
    segment: profile.segment ?? '',
    state: 'captured',
    steward: steward.team,
    offeree_team: '',
    worker_team: '',
    worker_person: '',
    assets: '',
  };
}
