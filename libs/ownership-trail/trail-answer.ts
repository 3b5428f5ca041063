import type { Actor } from '../decider/decision.js';
import type { Change, Owner } from '../lead-lifecycle/lead-events.js';
import { OWNER_ROLES, ownersAt, type Interval, type Ownership, type OwnerRole } from '../lead-lifecycle/ownership.js';
import type { ChangeRow, HeldRow } from './leaf-index-tables.js';

/** The tree that an answer is of: every leaf that it names is in it, and it is all that the tree says. */
export interface AnswerCheckpoint {
  readonly origin: string;
  readonly size: number;
  /** hex */
  readonly root: string;
  /** the signed note, with the cosignatures that it had when it was published */
  readonly note: string;
}

/** That a team, or one of its people, had a lead in a role, by the leaves that say so. Times are ISO 8601 UTC. */
export interface TrailInterval {
  readonly role: OwnerRole;
  readonly team: string;
  readonly person?: string;
  /** effectiveAt */
  readonly since: string;
  /** of the leaf that began it */
  readonly index: number;
  readonly revision: number;
  readonly recordedAt: string;
  readonly by: Actor;
  readonly reason?: string;
  readonly ended?: {
    readonly until: string;
    readonly index: number;
    readonly revision: number;
    readonly recordedAt: string;
    readonly by: Actor;
    readonly reason?: string;
  };
}
export type HeldTrailInterval = TrailInterval & { readonly lead: string };

/** What one leaf changed of a lead. */
export interface TrailChange {
  readonly index: number;
  readonly lead: string;
  readonly revision: number;
  readonly type: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly effectiveAt: string;
  readonly by: Actor;
  readonly reason?: string;
  readonly state?: { readonly from: string | null; readonly to: string | null };
  readonly changed: readonly { readonly role: OwnerRole; readonly from: Owner | null; readonly to: Owner | null }[];
}

/** Who had the lead at an instant, by the lifecycle's own rule. */
export function ownersThen(
  intervals: readonly TrailInterval[],
  at: string,
  as: 'happened' | 'known',
): Partial<Record<OwnerRole, TrailInterval>> {
  const then = ownersAt(ownershipFrom(intervals), at, as);
  const found = intervals.filter(({ role, revision }) => then[role]?.revision === revision);
  return Object.fromEntries(found.map((interval) => [interval.role, interval]));
}

function ownershipFrom(intervals: readonly TrailInterval[]): Ownership {
  const trail = (wanted: OwnerRole): readonly Interval[] =>
    intervals
      .filter(({ role }) => role === wanted)
      .map(({ team, person, since, recordedAt, revision, by, ended }) => ({
        owner: { team, ...(person === undefined ? {} : { person }) },
        from: since,
        knownFrom: recordedAt,
        revision,
        by,
        ...(ended ? { until: ended.until, knownUntil: ended.recordedAt } : {}),
      }));
  return Object.fromEntries(OWNER_ROLES.map((role) => [role, trail(role)])) as unknown as Ownership;
}

/** A row of the index as it is answered. */
export function intervalOf(row: HeldRow): TrailInterval {
  const { until, ended_idx, ended_revision, ended_recorded_at, ended_by, ended_reason } = row;
  return {
    role: row.role as OwnerRole,
    team: row.team,
    ...(row.person === null ? {} : { person: row.person }),
    since: row.since,
    index: row.idx,
    revision: row.revision,
    recordedAt: row.recorded_at,
    by: JSON.parse(row.by) as Actor,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(until === null || ended_idx === null || ended_revision === null
      ? {}
      : {
          ended: {
            until,
            index: ended_idx,
            revision: ended_revision,
            recordedAt: ended_recorded_at ?? '',
            by: JSON.parse(ended_by ?? 'null') as Actor,
            ...(ended_reason === null ? {} : { reason: ended_reason }),
          },
        }),
  };
}

export function changeOfRow(row: ChangeRow): TrailChange {
  const change = JSON.parse(row.change) as Change;
  return {
    index: row.idx,
    lead: row.lead,
    revision: row.revision,
    type: row.type,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    effectiveAt: change.effectiveAt,
    by: JSON.parse(row.by) as Actor,
    ...(change.reasonCode === undefined ? {} : { reason: change.reasonCode }),
    ...(change.state === undefined ? {} : { state: change.state }),
    changed: OWNER_ROLES.filter((role) => change[role] !== undefined).map((role) => ({
      role,
      from: ownerOf(change[role]?.from),
      to: ownerOf(change[role]?.to),
    })),
  };
}

const ownerOf = (one: Owner | string | null | undefined): Owner | null =>
  typeof one === 'string' ? { team: one } : (one ?? null);
