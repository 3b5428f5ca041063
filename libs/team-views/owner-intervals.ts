import type { Change, Owner } from '../lead-lifecycle/lead-events.js';
import { OWNER_ROLES, STILL_OPEN, type CurrentOwners, type OwnerRole } from './current-owners.js';
import type { IntervalRow } from './lead-card-tables.js';
import type { LeadRecord } from './lead-record.js';

/**
 * What an event does to who has the lead: changes `owners` to those who have it after, and gives the intervals that it
 * closed or opened, each as a whole row.
 */
export function moveOwners(owners: CurrentOwners, cycle: number, event: LeadRecord): readonly IntervalRow[] {
  const { change } = event.meta;
  if (change === undefined) return [];
  const moved: IntervalRow[] = [];
  for (const role of OWNER_ROLES) {
    const step = change[role];
    if (step === undefined) continue;
    const current = owners[role];
    if (current !== undefined) moved.push(closed(current, change, event));
    delete owners[role];
    if (step.to === null) continue;
    const owner = typeof step.to === 'string' ? { team: step.to } : step.to;
    const interval = opened(role, owner, cycle, change, event);
    owners[role] = interval;
    moved.push(interval);
  }
  return moved;
}

function opened(
  role: OwnerRole,
  { team, person }: Owner,
  cycle: number,
  change: Change,
  event: LeadRecord,
): IntervalRow {
  const { actor, recordedAt } = event.meta;
  return {
    lead: event.lead,
    role,
    opened_revision: event.revision,
    cycle,
    team,
    person: person ?? null,
    since: change.effectiveAt,
    opened_recorded_at: recordedAt,
    opened_by: actor.id,
    opened_by_kind: actor.kind,
    opened_by_role: actor.role,
    opened_reason: change.reasonCode ?? null,
    ...STILL_OPEN,
  };
}

function closed(interval: IntervalRow, change: Change, { meta, revision }: LeadRecord): IntervalRow {
  return {
    ...interval,
    until: change.effectiveAt,
    closed_revision: revision,
    closed_recorded_at: meta.recordedAt,
    closed_by: meta.actor.id,
    closed_by_kind: meta.actor.kind,
    closed_by_role: meta.actor.role,
    closed_reason: change.reasonCode ?? null,
  };
}
