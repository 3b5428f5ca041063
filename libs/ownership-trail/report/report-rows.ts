import type { Change, Owner } from '../../lead-lifecycle/lead-events.js';
import { OWNER_ROLES, type OwnerRole } from '../../lead-lifecycle/ownership.js';
import { changeOf, type PlacedLeaf } from '../leaf-ownership.js';
import type { ReportData, ReportLead, ReportPeriod } from './report-data.js';

export type ReportInterval = ReportLead['intervals'][number] & { readonly lead: ReportLead };

export interface ReportChange extends PlacedLeaf {
  readonly lead: ReportLead;
  /** absent of a quarantined leaf whose change makes no sense */
  readonly change?: Change;
}

/** Intervals that the report is about: of the lead, or of the team; held at some instant of the period. */
export function reportIntervals({ subject, period, leads }: ReportData): readonly ReportInterval[] {
  return leads
    .flatMap((lead) => lead.intervals.map((interval) => ({ ...interval, lead })))
    .filter(({ owner }) => subject.kind === 'lead' || owner.team === subject.team)
    .filter(({ from, until }) => {
      // What lasted no time at all nobody had; a lead's own report tells it all the same.
      if (subject.kind === 'team' && until !== undefined && until <= from) return false;
      return overlaps(from, until, period);
    })
    .sort((a, b) => compare(a.from, b.from) || a.index - b.index || rank(a.role) - rank(b.role));
}

/** What was changed of those leads and happened, took effect or was recorded in the period, in the log's order. */
export function reportChanges({ period, leads }: ReportData): readonly ReportChange[] {
  return leads
    .flatMap((lead) =>
      lead.leaves.flatMap((placed): readonly ReportChange[] => {
        const change = changeOf(placed.leaf);
        if (change.ok && change.value) return [{ ...placed, lead, change: change.value }];
        return placed.leaf.quarantined ? [{ ...placed, lead }] : [];
      }),
    )
    .filter(
      ({ leaf, change }) =>
        within(leaf.recordedAt, period) || (change !== undefined && within(change.effectiveAt, period)),
    )
    .sort((a, b) => a.index - b.index);
}

export interface RoleChange {
  readonly role: OwnerRole;
  readonly from: Owner | null;
  readonly to: Owner | null;
}

export function roleChanges(change: Change | undefined): readonly RoleChange[] {
  if (change === undefined) return [];
  return OWNER_ROLES.filter((role) => change[role] !== undefined).map((role) => ({
    role,
    from: ownerOf(change[role]?.from),
    to: ownerOf(change[role]?.to),
  }));
}

const ownerOf = (one: Owner | string | null | undefined): Owner | null =>
  typeof one === 'string' ? { team: one } : (one ?? null);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const rank = (role: OwnerRole): number => OWNER_ROLES.indexOf(role);

const within = (time: string, { from, to }: ReportPeriod): boolean =>
  (from === undefined || time >= from) && (to === undefined || time < to);

function overlaps(since: string, until: string | undefined, { from, to }: ReportPeriod): boolean {
  return (to === undefined || since < to) && (from === undefined || until === undefined || until > from);
}
