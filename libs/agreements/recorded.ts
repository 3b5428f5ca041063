import type { EventDraft } from '../decider/decision.js';

/** An event as the fold sees it: what was decided, and the time that the system recorded it (ISO 8601 UTC, ms). */
export type Recorded<Event extends EventDraft> = Event extends EventDraft
  ? Pick<Event, 'type' | 'data'> & { readonly recordedAt: string }
  : never;
