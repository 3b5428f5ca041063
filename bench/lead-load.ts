import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent } from '../libs/event-store/event-store.js';

/** Events in one lead's stream before a new lead is begun. */
const EVENTS_PER_LEAD = 8;

const DATA = {
  leadId: randomUUID(),
  touch: { channel: 'email', topic: 'pricing', asset: 'guide-to-lead-routing', campaign: 'autumn-2026' },
  points: 15,
  occurredAt: '2026-08-01T10:15:30.123Z',
};
const METADATA = {
  $correlationId: randomUUID(),
  $causationId: randomUUID(),
  commandId: randomUUID(),
  bodyMac: 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE',
  actor: { kind: 'integration', id: 'forms', role: 'service', team: 'marketing-emea' },
  recordedAt: '2026-08-01T10:15:30.456Z',
};

/** An event as Baton writes them, some 550 bytes of JSON with its id. Only the id is made anew: making is not measured. */
export const typicalEvent = (): NewEvent => ({
  id: randomUUID(),
  type: 'TouchRecorded.v1',
  data: DATA,
  metadata: METADATA,
});

/** The same as a line of a plain log. */
export const lineOf = (event: NewEvent): Buffer => Buffer.from(`${JSON.stringify(event)}\n`);

/**
 * One appender: events of one lead after the other, each awaited before the next.
 *
 * @param took is told each append's time in milliseconds
 */
export async function appendLeads(store: EventStore, appends: number, took?: (ms: number) => void): Promise<void> {
  let stream = '';
  for (let n = 0; n < appends; n++) {
    const revision = (n % EVENTS_PER_LEAD) - 1;
    if (revision < 0) stream = `lead-${randomUUID()}`;
    const start = performance.now();
    const result = await store.append(stream, revision < 0 ? 'no-stream' : revision, [typicalEvent()]);
    took?.(performance.now() - start);
    if (!result.ok) throw new Error(`a lone appender met a conflict at revision ${result.actual}`);
  }
}
