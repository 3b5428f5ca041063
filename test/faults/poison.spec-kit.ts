import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../libs/decider/json.js';
import type { Services } from '../separate-services.spec-kit.js';

interface Poison {
  readonly type: string;
  readonly data: JsonObject | string;
}

/** What the port itself would let a newer program write. */
const OF_THE_FUTURE: readonly Poison[] = [
  { type: 'LeadFramed.v1', data: { cycle: 1 } },
  { type: 'LeadContacted.v9', data: { cycle: 1 } },
  { type: 'InterestRecorded.v1', data: { note: 'x'.repeat(500_000) } },
];
/** What only somebody can write who goes past the port: no JSON, and more than any event of ours may have. */
const PAST_THE_PORT: readonly Poison[] = [
  { type: 'LeadScored.v1', data: '{"score":' },
  { type: 'InterestRecorded.v1', data: JSON.stringify({ note: 'x'.repeat(1_000_000) }) },
];

/** Kinds of events that nobody here can read, on the server that the test has. */
export const poisonsFor = ({ store }: Services): readonly Poison[] =>
  store.double ? [...OF_THE_FUTURE, ...PAST_THE_PORT] : OF_THE_FUTURE;

/** Writes one behind a stream's last event, at this revision. */
export async function poison({ store }: Services, stream: string, revision: number, { type, data }: Poison) {
  const id = randomUUID();
  if (typeof data === 'string') {
    const bytes = { data: Buffer.from(data), metadata: Buffer.from('{}') };
    const event = { id, type, contentType: 'application/json', ...bytes };
    expect(store.double?.log.append(`${store.namespace}.${stream}`, revision - 1, [event])).toMatchObject({ revision });
    return;
  }
  const opened = await store.open();
  const now = new Date().toISOString();
  const metadata = { occurredAt: now, recordedAt: now };
  expect(await opened.append(stream, revision - 1, [{ id, type, data, metadata }])).toMatchObject({ ok: true });
  await opened.close();
}
