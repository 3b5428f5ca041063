import { metadataOf, type EventMetadata } from '../contracts/event-metadata.js';
import { eventNames } from '../contracts/event-type.js';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { Unreadable } from '../personal-data/personal-data.js';
import { cellReader, type CellSource } from './event-cells.mjs';
import type { ExportColumn, ReadColumn } from './export-column.js';

/** An event on its way out; `personal` only where it was asked for. */
export interface ExportedEvent {
  readonly event: RecordedEvent;
  readonly meta: EventMetadata;
  readonly personal?: JsonObject | Unreadable;
}

export const exportedEvent = (event: RecordedEvent): ExportedEvent => ({ event, meta: metadataOf(event) });

/** A column whose cells are read from an event alone, by whichever thread: `source` is where they stand. */
export type EventColumn = ExportColumn & CellSource;

const text = (name: string, source: string, meaning: string, as?: CellSource['as']): EventColumn => ({
  name,
  type: 'text',
  nullable: false,
  meaning,
  source,
  ...(as && { as }),
});
const textOrNull = (name: string, source: string, meaning: string): EventColumn => ({
  ...text(name, source, meaning),
  nullable: true,
});
const time = (name: string, source: string, meaning: string): EventColumn => ({
  ...text(name, source, meaning),
  type: 'time',
});
const flag = (name: string, source: string, meaning: string, absent: boolean): EventColumn => ({
  ...text(name, source, meaning),
  type: 'flag',
  absent,
});

/** Every event of every stream, one row each; within a stream in its order. */
export const STORED_EVENT_COLUMNS: readonly EventColumn[] = [
  time('recorded_at', 'metadata.recordedAt', 'when the system recorded it; never decreasing within a stream'),
  text('event_id', 'id', 'the event’s own id'),
  text('stream_kind', 'stream', 'lead, contact, team, policy or agreement', 'kind'),
  text('stream_id', 'stream', 'whose event it is: for `lead` the lead’s id', 'key'),
  {
    ...text('revision', 'revision', 'its place in the stream, from 0, without a gap'),
    type: 'integer',
    unit: 'events before it in the stream',
  },
  text('type', 'type', 'what happened, without the version of its format', 'name'),
  time('occurred_at', 'metadata.occurredAt', 'when it happened, as told; never after recorded_at'),
  flag(
    'time_known',
    'metadata.timeKnown',
    'false where the source gave no time: occurred_at is then the nearest later one it gave',
    true,
  ),
  flag('imported', 'metadata.imported', 'history of another system, outside clocks and SLA numbers', false),
  {
    ...textOrNull('cycle', 'data.cycle', 'which pass of the lead through its lifecycle it belongs to'),
    type: 'integer',
    unit: 'cycles, from 1',
    as: 'number',
  },
  {
    ...time('effective_at', 'metadata.change.effectiveAt', 'from when a change of state or owner holds'),
    nullable: true,
  },
  textOrNull('state_from', 'metadata.change.state.from', 'the lead’s state before, where it changed'),
  textOrNull('state_to', 'metadata.change.state.to', 'the lead’s state after, where it changed'),
  textOrNull('reason_code', 'metadata.change.reasonCode', 'why, from the agreed list'),
  text('actor_kind', 'metadata.actor.kind', 'human, rule or integration'),
  text('actor_id', 'metadata.actor.id', 'who did it: the opaque subject of the token, or the rule’s name'),
  text('actor_role', 'metadata.actor.role', 'in which role'),
  textOrNull('actor_team', 'metadata.actor.team', 'for which team'),
  text('command_id', 'metadata.commandId', 'events of one command share it'),
  {
    // Without the nonce, which keeps hashes from being guessed, and without the sealed part.
    ...text('data', 'data', 'the rest of what the event says: bands, codes, ids and numbers', 'open'),
    type: 'json',
  },
];

/** The same together with how this thread reads them. */
export const EVENT_COLUMNS: readonly ReadColumn<ExportedEvent>[] = STORED_EVENT_COLUMNS.map((stored) => {
  const { as: _as, absent: _absent, ...column } = stored;
  const read = cellReader(stored, eventNames);
  return { ...column, read: ({ event }) => read(event) };
});

/** What was said about the person, opened. */
export const PERSONAL_EVENT_COLUMNS: readonly ReadColumn<ExportedEvent>[] = [
  {
    ...textOrNull(
      'personal_status',
      'data.pii',
      'open, erased or unreadable; null where the event says nothing about a person',
    ),
    personal: true,
    read: ({ personal }) =>
      personal === undefined || personal === 'none' ? null : typeof personal === 'object' ? 'open' : personal,
  },
  {
    ...textOrNull('personal', 'data.pii', 'names, addresses and free text of this event'),
    type: 'json',
    personal: true,
    read: ({ personal }) => (typeof personal === 'object' ? JSON.stringify(personal) : null),
  },
];
