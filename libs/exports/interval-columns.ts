import type { IntervalRow } from '../team-views/lead-card-tables.js';
import type { Cell, ColumnType, ReadColumn } from './export-column.js';

function column(
  name: keyof IntervalRow,
  type: ColumnType,
  nullable: boolean,
  source: string,
  meaning: string,
): ReadColumn<IntervalRow> {
  return { name, type, nullable, meaning, source, read: (row): Cell => row[name] };
}

/** Who had a lead in which role from when to when, one row per interval; never overlapping within a lead’s role. */
export const INTERVAL_COLUMNS: readonly ReadColumn<IntervalRow>[] = [
  column('lead', 'text', false, 'stream', 'the lead’s id'),
  column('role', 'text', false, 'change', 'steward, offeree, worker or accountable'),
  column('team', 'text', false, 'change.*.to', 'the team that had it'),
  column('person', 'text', true, 'change.*.to', 'and person (opaque id); null is the team itself or its queue'),
  { ...column('cycle', 'integer', false, 'change.cycle.to', 'the lead’s cycle when it began'), unit: 'cycles, from 1' },
  column('since', 'time', false, 'change.effectiveAt', 'begin, inclusive'),
  column('until', 'time', true, 'change.effectiveAt', 'end, exclusive; null while it lasts'),
  { ...column('opened_revision', 'integer', false, 'revision', 'of the event that began it'), unit: 'events' },
  column('opened_recorded_at', 'time', false, 'metadata.recordedAt', 'since when the system knew'),
  column('opened_by', 'text', false, 'metadata.actor.id', 'who made it so'),
  column('opened_by_kind', 'text', false, 'metadata.actor.kind', 'human, rule or integration'),
  column('opened_by_role', 'text', false, 'metadata.actor.role', 'in which role'),
  column('opened_reason', 'text', true, 'change.reasonCode', 'why, from the agreed list'),
  { ...column('closed_revision', 'integer', true, 'revision', 'of the event that ended it'), unit: 'events' },
  column('closed_recorded_at', 'time', true, 'metadata.recordedAt', 'since when the system knew that it ended'),
  column('closed_by', 'text', true, 'metadata.actor.id', 'who ended it'),
  column('closed_by_kind', 'text', true, 'metadata.actor.kind', 'human, rule or integration'),
  column('closed_by_role', 'text', true, 'metadata.actor.role', 'in which role'),
  column('closed_reason', 'text', true, 'change.reasonCode', 'why, from the agreed list'),
];
