import { metadataOf, type EventMetadata } from '../contracts/event-metadata.js';
import { eventName } from '../contracts/event-type.js';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { Unreadable } from '../personal-data/personal-data.js';
import type { Cell, ReadColumn } from './export-column.js';

/** An event on its way out; `personal` only where it was asked for. */
export interface ExportedEvent {
  readonly event: RecordedEvent;
  readonly meta: EventMetadata;
  readonly personal?: JsonObject | Unreadable;
}

export const exportedEvent = (event: RecordedEvent): ExportedEvent => ({ event, meta: metadataOf(event) });

type Column = ReadColumn<ExportedEvent>;
const filled = { nullable: false } as const;
const sparse = { nullable: true } as const;
const text = (name: string, source: string, meaning: string, read: Column['read']): Column => ({
  name,
  type: 'text',
  ...filled,
  meaning,
  source,
  read,
});
const textOrNull = (
  name: string,
  source: string,
  meaning: string,
  read: (of: ExportedEvent) => string | undefined | null,
): Column => ({
  ...text(name, source, meaning, (of) => read(of) ?? null),
  ...sparse,
});
const time = (
  name: string,
  source: string,
  meaning: string,
  read: (of: ExportedEvent) => string | undefined,
): Column => ({
  ...text(name, source, meaning, (of) => read(of) ?? null),
  type: 'time',
});

/** `lead-…` apart into what kind of stream it is and whose. */
const kindOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));
const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

/** Every event of every stream, one row each; within a stream in its order. */
export const EVENT_COLUMNS: readonly Column[] = [
  time(
    'recorded_at',
    'metadata.recordedAt',
    'when the system recorded it; never decreasing within a stream',
    ({ meta }) => meta.recordedAt,
  ),
  text('event_id', 'id', 'the event’s own id', ({ event }) => event.id),
  text('stream_kind', 'stream', 'lead, contact, team, policy or agreement', ({ event }) => kindOf(event.stream)),
  text('stream_id', 'stream', 'whose event it is: for `lead` the lead’s id', ({ event }) => idOf(event.stream)),
  {
    ...text('revision', 'revision', 'its place in the stream, from 0, without a gap', ({ event }) => event.revision),
    type: 'integer',
    unit: 'events before it in the stream',
  },
  text(
    'type',
    'type',
    'what happened, without the version of its format',
    ({ event }) => eventName(event.type) ?? event.type,
  ),
  time(
    'occurred_at',
    'metadata.occurredAt',
    'when it happened, as told; never after recorded_at',
    ({ meta }) => meta.occurredAt,
  ),
  {
    ...text(
      'time_known',
      'metadata.timeKnown',
      'false where the source gave no time: occurred_at is then the nearest later one it gave',
      ({ meta }) => meta.timeKnown ?? true,
    ),
    type: 'flag',
  },
  {
    ...text(
      'imported',
      'metadata.imported',
      'history of another system, outside clocks and SLA numbers',
      ({ meta }) => meta.imported ?? false,
    ),
    type: 'flag',
  },
  {
    ...textOrNull('cycle', 'data.cycle', 'which pass of the lead through its lifecycle it belongs to', () => null),
    type: 'integer',
    unit: 'cycles, from 1',
    read: ({ event }) => (typeof event.data.cycle === 'number' ? event.data.cycle : null),
  },
  {
    ...time(
      'effective_at',
      'metadata.change.effectiveAt',
      'from when a change of state or owner holds',
      ({ meta }) => meta.change?.effectiveAt,
    ),
    ...sparse,
  },
  textOrNull(
    'state_from',
    'metadata.change.state.from',
    'the lead’s state before, where it changed',
    ({ meta }) => meta.change?.state?.from,
  ),
  textOrNull(
    'state_to',
    'metadata.change.state.to',
    'the lead’s state after, where it changed',
    ({ meta }) => meta.change?.state?.to,
  ),
  textOrNull(
    'reason_code',
    'metadata.change.reasonCode',
    'why, from the agreed list',
    ({ meta }) => meta.change?.reasonCode,
  ),
  text('actor_kind', 'metadata.actor.kind', 'human, rule or integration', ({ meta }) => meta.actor.kind),
  text(
    'actor_id',
    'metadata.actor.id',
    'who did it: the opaque subject of the token, or the rule’s name',
    ({ meta }) => meta.actor.id,
  ),
  text('actor_role', 'metadata.actor.role', 'in which role', ({ meta }) => meta.actor.role),
  textOrNull('actor_team', 'metadata.actor.team', 'for which team', ({ meta }) => meta.actor.team),
  text('command_id', 'metadata.commandId', 'events of one command share it', ({ meta }) => meta.commandId),
  {
    ...text('data', 'data', 'the rest of what the event says: bands, codes, ids and numbers', ({ event }) =>
      openData(event),
    ),
    type: 'json',
  },
];

/** Without the nonce, which keeps hashes from being guessed, and without the sealed part. */
function openData({ data: { nonce: _nonce, pii: _pii, ...data } }: RecordedEvent): Cell {
  return JSON.stringify(data);
}

/** What was said about the person, opened. */
export const PERSONAL_EVENT_COLUMNS: readonly Column[] = [
  {
    ...textOrNull(
      'personal_status',
      'data.pii',
      'open, erased or unreadable; null where the event says nothing about a person',
      ({ personal }) =>
        personal === undefined || personal === 'none' ? null : typeof personal === 'object' ? 'open' : personal,
    ),
    personal: true,
  },
  {
    ...textOrNull('personal', 'data.pii', 'names, addresses and free text of this event', ({ personal }) =>
      typeof personal === 'object' ? JSON.stringify(personal) : null,
    ),
    type: 'json',
    personal: true,
  },
];
