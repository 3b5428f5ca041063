import { canonicalJson } from '../canonical-json/canonical-json.js';
import { metadataOf } from '../contracts/event-metadata.js';
import type { RecordedEvent } from '../event-store/event-store.js';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * What a history tells, one line per event: ids are numbered in the order in which they appear, and what is different
 * by design (nonces, keys, sealed parts, hashes under the installation's secret) is left out.
 */
export function canonicalStory(events: readonly RecordedEvent[]): readonly string[] {
  const numbers = new Map<string, string>();
  const numbered = (text: string): string =>
    text.replaceAll(UUID, (id) => {
      const number = numbers.get(id) ?? `#${numbers.size + 1}`;
      numbers.set(id, number);
      return number;
    });
  return events.map((event) => {
    const { nonce: _nonce, pii: _pii, vkey: _vkey, ...data } = event.data;
    const { occurredAt, recordedAt, actor, change } = metadataOf(event);
    const told = { stream: event.stream, revision: event.revision, type: event.type, occurredAt, recordedAt, actor };
    return numbered(canonicalJson({ ...told, data, ...(change ? { change } : {}) }));
  });
}
