import type { Json, JsonObject } from '../decider/json.js';
import type { LeadCard } from '../team-views/lead-card.js';
import type { Cell, ColumnType, ReadColumn } from './export-column.js';

/** A lead's card on its way out; `person` only where it was asked for and could be opened. */
export interface ExportedLead {
  readonly card: LeadCard;
  readonly person?: JsonObject;
}

type Column = ReadColumn<ExportedLead>;

function column(
  name: string,
  type: ColumnType,
  nullable: boolean,
  source: string,
  meaning: string,
  read: (card: LeadCard) => Cell | undefined,
): Column {
  return { name, type, nullable, meaning, source, read: ({ card }) => read(card) ?? null };
}
const counted = (unit: string, of: Column): Column => ({ ...of, unit });

/** Leads as they stand when the file is made, one row each, by creation. */
export const LEAD_COLUMNS: readonly Column[] = [
  column(
    'created_at',
    'time',
    false,
    'LeadCreated.occurredAt',
    'when the interest arose, as told',
    (card) => card.createdAt,
  ),
  column('lead', 'text', false, 'stream', 'the lead’s id', (card) => card.lead),
  column(
    'contact',
    'text',
    false,
    'LeadCreated.data.contact',
    'random id of the person behind it; says nothing about them',
    (card) => card.contact,
  ),
  counted(
    'events',
    column('revision', 'integer', false, 'revision', 'of the last event in this row, from 0', (card) => card.revision),
  ),
  column(
    'updated_at',
    'time',
    false,
    'recordedAt',
    'when the last event in this row was recorded',
    (card) => card.updatedAt,
  ),
  column(
    'state',
    'text',
    false,
    'change.state.to',
    'where the lead stands, down to the sub-state',
    (card) => card.state,
  ),
  column('state_since', 'time', false, 'change.effectiveAt', 'since when', (card) => card.stateSince),
  column('state_reason', 'text', true, 'change.reasonCode', 'why, from the agreed list', (card) => card.stateReason),
  column('open', 'flag', false, 'change.state.to', 'neither lost, won, disqualified nor merged', (card) => card.open),
  counted(
    'cycles',
    column(
      'cycle',
      'integer',
      false,
      'change.cycle.to',
      'which pass through the lifecycle, from 1',
      (card) => card.cycle,
    ),
  ),
  column(
    'imported',
    'flag',
    false,
    'metadata.imported',
    'history of another system, outside SLA numbers',
    (card) => card.imported,
  ),
  column(
    'source',
    'text',
    false,
    'LeadCreated.data.source',
    'where the first interest came from',
    (card) => card.source,
  ),
  column('topic', 'text', false, 'LeadCreated.data.topic', 'what it was about', (card) => card.topic),
  column('campaign', 'text', true, 'LeadCreated.data.campaign', 'of which campaign', (card) => card.campaign),
  column(
    'external_system',
    'text',
    true,
    'LeadCreated.data.externalRef',
    'who else knows it',
    (card) => card.externalRef?.system,
  ),
  column('external_id', 'text', true, 'LeadCreated.data.externalRef', 'by which id', (card) => card.externalRef?.id),
  column(
    'profile',
    'json',
    false,
    'LeadCreated, LeadDetailsCorrected',
    'bands and codes: industry, size, budget, seniority, country',
    (card) => JSON.stringify(card.profile),
  ),
  counted(
    'points',
    column('score', 'integer', true, 'LeadScored.data.total', 'by the ideal-lead policy', (card) => card.score?.total),
  ),
  column(
    'score_passed',
    'flag',
    true,
    'LeadScored.data.passed',
    'whether it reached the threshold',
    (card) => card.score?.passed,
  ),
  counted(
    'version',
    column(
      'policy_version',
      'integer',
      true,
      'LeadScored.data.basis',
      'of the policy that scored it',
      (card) => card.score?.policyVersion,
    ),
  ),
  column(
    'steward_team',
    'text',
    true,
    'change.steward.to',
    'the accountable marketing team',
    (card) => card.owners.steward?.team,
  ),
  column(
    'steward_person',
    'text',
    true,
    'change.steward.to',
    'and person, where there is one',
    (card) => card.owners.steward?.person,
  ),
  column(
    'offeree_team',
    'text',
    true,
    'change.offeree.to',
    'to whom it is offered now',
    (card) => card.owners.offeree?.team,
  ),
  column(
    'offeree_person',
    'text',
    true,
    'change.offeree.to',
    'and person; null is the team’s queue',
    (card) => card.owners.offeree?.person,
  ),
  column(
    'worker_team',
    'text',
    true,
    'change.worker.to',
    'who works it now, or worked it until it was lost',
    (card) => card.owners.worker?.team,
  ),
  column('worker_person', 'text', true, 'change.worker.to', 'and person', (card) => card.owners.worker?.person),
  column('resume_at', 'time', true, 'data.resumeAt', 'when a lead in nurturing is due again', (card) => card.resumeAt),
  counted(
    'touches',
    column('touches', 'integer', false, 'LeadContacted', 'by either team, any channel', (card) => card.touches),
  ),
  column('last_touch_at', 'time', true, 'LeadContacted.occurredAt', 'of the latest touch', (card) => card.lastTouchAt),
  counted(
    'events',
    column(
      'interests',
      'integer',
      false,
      'InterestRecorded',
      'how often the person came back',
      (card) => card.interests,
    ),
  ),
  counted(
    'points of the agreed scale',
    column('rating', 'integer', true, 'LeadQualityRated.data.rating', 'how sales rated it last', (card) => card.rating),
  ),
  column(
    'merged_into',
    'text',
    true,
    'LeadMerged.data.into',
    'the lead that goes on for it',
    (card) => card.mergedInto,
  ),
];

const DETAILS: readonly (readonly [column: string, field: string])[] = [
  ['name', 'name'],
  ['email', 'email'],
  ['phone', 'phone'],
  ['job_title', 'jobTitle'],
  ['company_name', 'companyName'],
  ['company_domain', 'companyDomain'],
  ['landing_url', 'landingUrl'],
  ['click_id', 'clickId'],
];
const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** The person behind the lead, as last corrected; free notes stand in the events alone. */
export const PERSONAL_LEAD_COLUMNS: readonly Column[] = [
  {
    name: 'personal_status',
    type: 'text',
    nullable: false,
    meaning: 'open, or unreadable: erased, or its keys cannot be had',
    source: 'data.pii',
    personal: true,
    read: ({ person }) => (person === undefined ? 'unreadable' : 'open'),
  },
  ...DETAILS.map(([name, field]): Column => ({
    name,
    type: 'text',
    nullable: true,
    meaning: 'as last corrected',
    source: `data.pii.${field}`,
    personal: true,
    read: ({ person }) => textOf(person?.[field]),
  })),
];
