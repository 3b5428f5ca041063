import type { Profile } from '../lead-lifecycle/lead-events.js';
import { readOwners, type OwnerRole } from './current-owners.js';
import type { CardRow } from './card-row.js';
import type { IntervalRow } from './lead-card-tables.js';

/** Who did something, as the event says. */
export interface By {
  readonly id: string;
  readonly kind: string;
  readonly role: string;
}

/** That a team, or one of its people, had a lead in a role. */
export interface OwnerInterval {
  readonly role: OwnerRole;
  readonly team: string;
  readonly person?: string;
  readonly cycle: number;
  /** effectiveAt, ISO 8601 UTC; `revision` is the event's */
  readonly since: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly by: By;
  readonly reason?: string;
  readonly ended?: {
    readonly until: string;
    readonly revision: number;
    readonly recordedAt: string;
    readonly by: By;
    readonly reason?: string;
  };
}

/** Where a lead stands, as its teams see it. Times are ISO 8601 UTC. */
export interface LeadCard {
  readonly lead: string;
  /** of the last event that is in the card */
  readonly revision: number;
  readonly contact: string;
  readonly state: string;
  readonly stateSince: string;
  readonly stateReason?: string;
  readonly open: boolean;
  readonly cycle: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly imported: boolean;
  readonly source: string;
  readonly topic: string;
  readonly campaign?: string;
  readonly externalRef?: { readonly system: string; readonly id: string };
  readonly profile: Profile;
  readonly score?: { readonly total: number; readonly passed: boolean; readonly policyVersion?: number };
  readonly owners: Partial<Record<OwnerRole, OwnerInterval>>;
  readonly offer?: { readonly id: string; readonly acceptBy?: string };
  readonly offersInCycle: number;
  readonly heldFor?: string;
  readonly resumeAt?: string;
  readonly touches: number;
  readonly lastTouchAt?: string;
  readonly interests: number;
  readonly rating?: number;
  readonly mergedInto?: string;
  /** the keep-in-contact track of a nurtured lead */
  readonly track?: { readonly name: string; readonly maximumSilenceDays: number };
  /** while nurtured: the later of the return to nurturing and the last touch */
  readonly quietSince?: string;
  /** while on a track: from then on it counts as left alone */
  readonly silentFrom?: string;
  /** recordedAt of the worker's last event, at first of becoming the worker */
  readonly workerUpdatedAt?: string;
}

export function cardOf(row: CardRow): LeadCard {
  const { external_system: system, external_id: id } = row;
  const owners = Object.entries(readOwners(row.lead, row.owners)).map(([role, open]) => [role, intervalOf(open)]);
  return {
    lead: row.lead,
    revision: row.revision,
    contact: row.contact,
    state: row.state,
    stateSince: row.state_since,
    ...present('stateReason', row.state_reason),
    open: row.open === 1,
    cycle: row.cycle,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    imported: row.imported === 1,
    source: row.source,
    topic: row.topic,
    ...present('campaign', row.campaign),
    ...(system !== null && id !== null && { externalRef: { system, id } }),
    profile: JSON.parse(row.profile) as Profile,
    ...(row.score !== null && {
      score: {
        total: row.score,
        passed: row.score_passed === 1,
        ...present('policyVersion', row.policy_version),
      },
    }),
    owners: Object.fromEntries(owners) as LeadCard['owners'],
    ...(row.offer_id !== null && { offer: { id: row.offer_id, ...present('acceptBy', row.accept_by) } }),
    offersInCycle: row.offers_in_cycle,
    ...present('heldFor', row.held_for),
    ...present('resumeAt', row.resume_at),
    touches: row.touches,
    ...present('lastTouchAt', row.last_touch_at),
    interests: row.interests,
    ...present('rating', row.rating),
    ...present('mergedInto', row.merged_into),
    ...(row.track !== null && { track: { name: row.track, maximumSilenceDays: row.maximum_silence_days ?? 0 } }),
    ...present('quietSince', row.quiet_since),
    ...present('silentFrom', row.silent_from),
    ...present('workerUpdatedAt', row.worker_updated_at),
  };
}

export function intervalOf(row: IntervalRow): OwnerInterval {
  return {
    role: row.role as OwnerRole,
    team: row.team,
    ...present('person', row.person),
    cycle: row.cycle,
    since: row.since,
    revision: row.opened_revision,
    recordedAt: row.opened_recorded_at,
    by: { id: row.opened_by, kind: row.opened_by_kind, role: row.opened_by_role },
    ...present('reason', row.opened_reason),
    ...endOf(row),
  };
}

function endOf(row: IntervalRow): Pick<OwnerInterval, 'ended'> {
  const { until, closed_revision, closed_recorded_at, closed_by, closed_by_kind, closed_by_role } = row;
  if (until === null || closed_revision === null || closed_recorded_at === null) return {};
  return {
    ended: {
      until,
      revision: closed_revision,
      recordedAt: closed_recorded_at,
      by: { id: closed_by ?? '', kind: closed_by_kind ?? '', role: closed_by_role ?? '' },
      ...present('reason', row.closed_reason),
    },
  };
}

function present<Name extends string, Value>(name: Name, value: Value | null): Partial<Record<Name, Value>> {
  return value === null ? {} : ({ [name]: value } as Record<Name, Value>);
}
