import { LEAD_EVENT_TYPES, LEAD_EVENTS } from '../lead-lifecycle/lead-events.js';
import type { Category, EventForm, RecordShape, RetiredForm } from './event-form.js';
import {
  AGREEMENT_EVENTS,
  CONTACT_EVENTS,
  LOG_KEYS_EVENTS,
  POLICY_EVENTS,
  PROJECTION_EVENTS,
  QUARANTINE_EVENTS,
  TEAM_EVENTS,
} from './reference-events.js';

/**
 * Versions that were published and are written no more, each with the way to the next. None yet. To give a type its
 * version n + 1: change its shape, let `CURRENT_VERSIONS` say n + 1, and move the old shape here with its upcaster.
 */
export const RETIRED_FORMS: readonly RetiredForm[] = [];

/** Of types that are beyond their first version. */
const CURRENT_VERSIONS: Readonly<Record<string, number>> = {};
export const currentVersion = (name: string): number =>
  Object.hasOwn(CURRENT_VERSIONS, name) ? (CURRENT_VERSIONS[name] ?? 1) : 1;

const leadForms = LEAD_EVENT_TYPES.map((name): EventForm => {
  const { open, personal } = LEAD_EVENTS[name];
  const form = {
    name,
    version: currentVersion(name),
    category: 'lead',
    data: open,
    metadata: 'event-metadata',
  } as const;
  return Object.keys(personal.fields).length === 0 ? form : { ...form, personal };
});

const formsOf = (
  category: Category,
  shapes: Readonly<Record<string, RecordShape>>,
  metadata: EventForm['metadata'] = 'event-metadata',
): readonly EventForm[] =>
  Object.entries(shapes).map(([type, data]) => {
    const name = type.slice(0, type.lastIndexOf('.v'));
    return { name, version: currentVersion(name), category, data, metadata };
  });

/** What is written today: one form of every event type of every stream. */
export const CURRENT_FORMS: readonly EventForm[] = [
  ...leadForms,
  ...formsOf('contact', CONTACT_EVENTS),
  ...formsOf('team', TEAM_EVENTS),
  ...formsOf('policy', POLICY_EVENTS),
  ...formsOf('agreement', AGREEMENT_EVENTS),
  ...formsOf('log', LOG_KEYS_EVENTS),
  ...formsOf('log', QUARANTINE_EVENTS),
  ...formsOf('projection', PROJECTION_EVENTS, 'decision-metadata'),
];

/** Everything that may stand in a log. */
export const ALL_FORMS: readonly EventForm[] = [...CURRENT_FORMS, ...RETIRED_FORMS];
