import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { anyRecorded } from './any-event.spec-kit.js';
import { decodeCloudEvent, encodeCloudEvent } from './cloud-event.js';
import { storedAs } from './event-form.js';
import { ALL_FORMS, CURRENT_FORMS } from './event-forms.js';
import { eventVersions } from './event-type.js';
import { publishedSchemas, publishedValidator } from './published-validator.spec-kit.js';

/*
 * Events as each version was once written, never changed again. `readAs` is what today's program makes of the data; where
 * it is absent, the data is read as it stands. A fixture for a new version is made by
 * BATON_NEW_FIXTURES=1 npm test -- libs/contracts/historic-versions
 * and an old version's `readAs` written by hand, as what its upcaster is to give.
 */
const FOLDER = join(import.meta.dirname, 'fixtures');
const read = (file: string): JsonObject => JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
interface Fixture {
  readonly events: readonly RecordedEvent[];
  readonly readAs?: readonly JsonObject[];
}

const wrongWith = publishedValidator();

if (process.env.BATON_NEW_FIXTURES !== undefined) {
  for (const form of CURRENT_FORMS) {
    const file = join(FOLDER, `${storedAs(form)}.json`);
    const events = fc.sample(anyRecorded(form), { seed: 20261122, numRuns: 3 });
    if (!existsSync(file)) writeFileSync(file, `${JSON.stringify({ events }, null, 2)}\n`);
  }
}

it('Every published version of every type has its fixture', () => {
  const published = publishedSchemas()
    .map(({ title }) => title as string)
    .filter((name) => !name.endsWith('metadata.v1'));
  expect(readdirSync(FOLDER).toSorted()).toEqual(published.map((name) => `${name}.json`).toSorted());
});

describe.each(ALL_FORMS.map((form) => ({ ...form, type: storedAs(form) })))('$type as it was written', (form) => {
  const { events, readAs } = read(join(FOLDER, `${form.type}.json`)) as unknown as Fixture;

  it('is one by the schema that was published', () => {
    expect(events.length).toBeGreaterThan(0);
    for (const { type, data, metadata } of events) {
      expect(type).toBe(form.type);
      expect(wrongWith({ type, data, metadata })).toEqual([]);
    }
  });

  it('is read by today’s program as an event of today', () => {
    const current = CURRENT_FORMS.find(({ name }) => name === form.name);
    for (const [index, event] of events.entries()) {
      const found = eventVersions.read(event);
      expect(found).toEqual({ name: form.name, data: readAs?.[index] ?? event.data });
      const { nonce: _nonce, pii: _pii, ...data } = found?.data ?? {};
      expect(current?.data.check(data, '')).toBeUndefined();
    }
  });

  it('comes through Kafka as it was written', () => {
    for (const event of events) expect(decodeCloudEvent(encodeCloudEvent(event))).toEqual(event);
  });
});
