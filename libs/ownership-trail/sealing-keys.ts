import { verifyEventSignature, type EventKey, type EventKeys } from '../contracts/event-keys.js';
import { leafOf, type Leaf } from '../contracts/leaf.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { idHex, parseVkey } from '../transparency-log/note-key.js';
import { parsed, type Parsed } from '../transparency-log/parsed.js';

/** Where keys are announced and retired, of events as of the log. */
export const KEY_STREAM = 'log-keys';
const PAGE = 1_000;

/**
 * The keys by which the signatures of events are judged: those given to the sealer, and those that sealed events of
 * `log-keys`, signed by a key known before them, have announced since.
 */
export class SealingKeys {
  readonly #keys: Map<string, EventKey>;
  readonly #logKeys: string[] = [];

  constructor(own: EventKeys) {
    this.#keys = new Map(own);
  }

  /** As they stood when the stream of keys had so many events; none where it has no event yet. */
  static async restored(
    own: EventKeys,
    store: Pick<EventStore, 'readStream'>,
    events: number | undefined,
  ): Promise<SealingKeys> {
    const keys = new SealingKeys(own);
    for (let from = 0; events === undefined || from < events; from += PAGE) {
      const page = await store.readStream(KEY_STREAM, { from, limit: PAGE });
      for (const event of page) {
        if (events !== undefined && event.revision >= events) break;
        // One that was quarantined says nothing.
        if (keys.verify(leafOf(event, undefined)).ok) keys.sealed(event);
      }
      if (page.length < PAGE) break;
    }
    return keys;
  }

  /** Those given to it alone: a copy that knows nothing of the stream. */
  get current(): EventKeys {
    return this.#keys;
  }

  /** In their text form, as they were announced. */
  get logKeys(): readonly string[] {
    return this.#logKeys;
  }

  verify(leaf: Leaf): Parsed<true> {
    const signed = verifyEventSignature(leaf, this.#keys);
    return signed.ok ? parsed(true) : signed;
  }

  /** Learns from an event that was verified and sealed. */
  sealed({ stream, type, data, metadata }: RecordedEvent): void {
    if (stream !== KEY_STREAM || typeof metadata.recordedAt !== 'string') return;
    const { recordedAt } = metadata;
    if (type.startsWith('EventKeyAnnounced.')) this.#announce(data.vkey, recordedAt);
    if (type.startsWith('EventKeyRetired.')) this.#retire(data.key, recordedAt);
    if (type.startsWith('LogKeyAnnounced.') && typeof data.vkey === 'string') this.#logKeys.push(data.vkey);
  }

  #announce(vkey: unknown, from: string): void {
    const key = typeof vkey === 'string' ? parseVkey(vkey) : undefined;
    if (!key?.ok) return;
    const id = idHex(key.value.id);
    // What was given to the sealer says more: an announcement neither lengthens nor shortens it.
    if (!this.#keys.has(id)) this.#keys.set(id, { key: key.value, from });
  }

  #retire(id: unknown, until: string): void {
    const key = typeof id === 'string' ? this.#keys.get(id) : undefined;
    if (key && (key.until === undefined || until < key.until)) this.#keys.set(id as string, { ...key, until });
  }
}
