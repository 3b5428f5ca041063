import { createHash } from 'node:crypto';
import type { RecordedEvent } from '../event-store/event-store.js';

export interface StreamDigest {
  readonly count: number;
  /** SHA-256 over the digest before and the event: two are equal only where all events are, in the same order */
  readonly hash: Buffer;
}

const NONE: StreamDigest = { count: 0, hash: Buffer.alloc(32) };

/** Everything that is published of an event, in one text. */
export const eventText = ({ id, type, revision, position, data, metadata }: RecordedEvent): string =>
  JSON.stringify([id, type, revision, position, data, metadata]);

/** A count and a rolling hash for each stream: 100 bytes of memory for it, however long its history. */
export class StreamDigests {
  private readonly digests = new Map<string, StreamDigest>();

  get streams(): Iterable<string> {
    return this.digests.keys();
  }

  get size(): number {
    return this.digests.size;
  }

  add(event: RecordedEvent): void {
    const { count, hash } = this.of(event.stream);
    const rolled = createHash('sha256').update(hash).update(eventText(event)).digest();
    this.digests.set(event.stream, { count: count + 1, hash: rolled });
  }

  of(stream: string): StreamDigest {
    return this.digests.get(stream) ?? NONE;
  }

  /** The first stream, in the order of this one, of which the other has something else; then what only the other has. */
  firstDifference(other: StreamDigests): string | undefined {
    for (const [stream, { count, hash }] of this.digests) {
      const its = other.of(stream);
      if (its.count !== count || !its.hash.equals(hash)) return stream;
    }
    for (const stream of other.streams) if (!this.digests.has(stream)) return stream;
    return undefined;
  }
}
