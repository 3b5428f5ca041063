import { sql } from 'kysely';
import type { Actor } from '../decider/decision.js';
import type { Change } from '../lead-lifecycle/lead-events.js';
import { NOBODY_YET, OWNER_ROLES, ownershipAfter, type Interval, type Ownership } from '../lead-lifecycle/ownership.js';
import type { Writing } from '../read-database/read-database.js';
import { RowWriter } from '../read-database/row-writer.js';
import { columnNames } from '../read-database/table-shape.js';
import {
  CHANGE,
  HELD,
  LEAF,
  type ChangeRow,
  type HeldRow,
  type LeafIndexTables,
  type LeafRow,
} from './leaf-index-tables.js';
import { changeOf, type PlacedLeaf } from './leaf-ownership.js';
import { LogUnreadable } from './sealed-entries.js';

const LEAD = 'lead-';

/** Writes what leaves say into the index. A batch of leaves follows, in the log's order, those written before. */
export class LeafRows {
  private readonly leaves = new RowWriter<LeafRow>({
    table: 'leaf',
    columns: columnNames(LEAF),
    key: ['stream', 'revision'],
  });
  private readonly held = new RowWriter<HeldRow>({
    table: 'held',
    columns: columnNames(HELD),
    key: ['lead', 'role', 'revision'],
    constant: ['idx', 'team', 'person', 'since', 'recorded_at', 'by', 'reason'],
  });
  private readonly changes = new RowWriter<ChangeRow>({
    table: 'lead_change',
    columns: columnNames(CHANGE),
    key: ['idx'],
  });

  /** @throws LogUnreadable at a change that has not its form */
  async write(tx: Writing, leaves: readonly PlacedLeaf[]): Promise<void> {
    const changed = leaves.flatMap((placed) => {
      const change = placed.leaf.stream.startsWith(LEAD) ? changeIn(placed) : undefined;
      return change === undefined ? [] : [{ ...placed, change, lead: placed.leaf.stream.slice(LEAD.length) }];
    });
    await this.leaves.write(tx, leaves.map(leafRow));
    await this.changes.write(tx, changed.map(changeRow));
    await this.held.write(tx, movedIntervals(await openIntervals(tx, changed), changed));
  }
}

interface ChangedLeaf extends PlacedLeaf {
  readonly change: Change;
  readonly lead: string;
}

function changeIn({ index, leaf }: PlacedLeaf): Change | undefined {
  const change = changeOf(leaf);
  // As in `ownershipOfLeaves`: it is flagged, and says nothing where it makes no sense.
  if (!change.ok && leaf.quarantined) return undefined;
  if (!change.ok) throw new LogUnreadable(`leaf ${index}: ${change.problem}`);
  return change.value;
}

const leafRow = ({ index, leaf }: PlacedLeaf): LeafRow => ({
  stream: leaf.stream,
  revision: Number(leaf.rev),
  idx: index,
  quarantined: leaf.quarantined === true ? 1 : 0,
});

const changeRow = ({ index, leaf, change, lead }: ChangedLeaf): ChangeRow => ({
  idx: index,
  lead,
  revision: Number(leaf.rev),
  type: leaf.type,
  occurred_at: leaf.occurredAt,
  recorded_at: leaf.recordedAt,
  actor: leaf.actor.id,
  by: JSON.stringify(leaf.actor),
  change: JSON.stringify(change),
});

/** The intervals that are still open of the leads that a batch changes. */
async function openIntervals(tx: Writing, changed: readonly ChangedLeaf[]): Promise<readonly HeldRow[]> {
  const leads = [...new Set(changed.map(({ lead }) => lead))];
  // Asked also where there are none: nothing else of a batch is waited for, and a log must not pile up before the disk.
  return tx
    .withTables<LeafIndexTables>()
    .selectFrom('held')
    .selectAll()
    .where('lead', 'in', sql<string>`(select value from json_each(${JSON.stringify(leads)}))`)
    .where('until', 'is', null)
    .execute();
}

/** Rows of the intervals that a batch began or ended, by the lifecycle's own rule. */
function movedIntervals(open: readonly HeldRow[], changed: readonly ChangedLeaf[]): readonly HeldRow[] {
  const leads = new Map<string, Moving>();
  const movingOf = (lead: string): Moving => {
    const known = leads.get(lead) ?? { ownership: NOBODY_YET, indexes: new Map<number, number>() };
    leads.set(lead, known);
    return known;
  };
  for (const row of open) {
    const moving = movingOf(row.lead);
    moving.ownership = { ...moving.ownership, [row.role]: [openInterval(row)] };
    moving.indexes.set(row.revision, row.idx);
  }
  for (const { lead, leaf, change, index } of changed) {
    const moving = movingOf(lead);
    const { recordedAt, actor } = leaf;
    moving.ownership = ownershipAfter(moving.ownership, { recordedAt, actor, change }, Number(leaf.rev));
    moving.indexes.set(Number(leaf.rev), index);
  }
  return [...leads].flatMap(([lead, { ownership, indexes }]) =>
    OWNER_ROLES.flatMap((role) => ownership[role].map((interval) => heldRow(lead, role, interval, indexes))),
  );
}

interface Moving {
  ownership: Ownership;
  /** of the leaves that began or ended its intervals, by revision */
  readonly indexes: Map<number, number>;
}

const openInterval = (row: HeldRow): Interval => ({
  owner: { team: row.team, ...(row.person === null ? {} : { person: row.person }) },
  from: row.since,
  knownFrom: row.recorded_at,
  by: JSON.parse(row.by) as Actor,
  ...(row.reason === null ? {} : { reasonCode: row.reason }),
  revision: row.revision,
});

function heldRow(lead: string, role: string, interval: Interval, indexes: ReadonlyMap<number, number>): HeldRow {
  const { owner, from, until, knownFrom, knownUntil, by, reasonCode, revision, ending } = interval;
  return {
    lead,
    role,
    revision,
    idx: indexes.get(revision) ?? -1,
    team: owner.team,
    person: owner.person ?? null,
    since: from,
    recorded_at: knownFrom,
    by: JSON.stringify(by),
    reason: reasonCode ?? null,
    until: until ?? null,
    ended_revision: ending?.revision ?? null,
    ended_idx: ending === undefined ? null : (indexes.get(ending.revision) ?? -1),
    ended_recorded_at: knownUntil ?? null,
    ended_by: ending === undefined ? null : JSON.stringify(ending.by),
    ended_reason: ending?.reasonCode ?? null,
  };
}
