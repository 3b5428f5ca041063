import type { JsonObject } from '../decider/json.js';
import type { EventSigner } from '../event-signing/event-signer.js';
import type { EventStore, NewEvent } from '../event-store/event-store.js';
import type { StreamPlace } from './projection.js';

/** Who decided it and when. */
export interface SkipDecision {
  /** UUID of the event that will hold it; the same one again changes nothing */
  readonly id: string;
  /** opaque subject */
  readonly by: string;
  /** ISO 8601 UTC */
  readonly at: string;
}

/**
 * Events that an operator told a projection to pass over. Kept where a lost read database does not take them along:
 * every rebuild honours them.
 */
export interface SkippedEvents {
  /** of one projection, each as `keyOf` names it */
  of(projection: string): Promise<ReadonlySet<string>>;
  /** @throws what the store throws; then it may or may not have been kept, and may be asked again */
  skip(projection: string, place: StreamPlace, decision: SkipDecision): Promise<void>;
}

export const keyOf = ({ stream, revision }: StreamPlace): string => `${stream}@${revision}`;

const EVENT_SKIPPED = 'ProjectionEventSkipped.v1';
const PAGE = 1_000;
const streamOf = (projection: string): string => `projection-${projection}`;

/** Decisions as events in the store, one stream per projection: durable, ordered and audited like all that is decided. */
export class StoredSkips implements SkippedEvents {
  constructor(
    private readonly store: Pick<EventStore, 'append' | 'readStream'>,
    private readonly signer: EventSigner,
  ) {}

  async of(projection: string): Promise<ReadonlySet<string>> {
    return (await this.read(projection)).skipped;
  }

  async skip(projection: string, place: StreamPlace, { id, by, at }: SkipDecision): Promise<void> {
    const event: NewEvent = {
      id,
      type: EVENT_SKIPPED,
      data: { stream: place.stream, revision: place.revision },
      metadata: { recordedAt: at, occurredAt: at, actor: { kind: 'human', id: by, role: 'admin' } },
    };
    for (;;) {
      const { skipped, length } = await this.read(projection);
      if (skipped.has(keyOf(place))) return;
      const expected = length === 0 ? 'no-stream' : length - 1;
      const signed = await this.signer.sign(streamOf(projection), length, [event]);
      const appended = await this.store.append(streamOf(projection), expected, signed);
      if (appended.ok) return;
    }
  }

  private async read(projection: string): Promise<{ readonly skipped: ReadonlySet<string>; readonly length: number }> {
    const skipped = new Set<string>();
    for (let length = 0; ;) {
      const page = await this.store.readStream(streamOf(projection), { from: length, limit: PAGE });
      for (const { type, data } of page) if (type === EVENT_SKIPPED) skipped.add(keyOf(placeIn(data)));
      length += page.length;
      if (page.length < PAGE) return { skipped, length };
    }
  }
}

const placeIn = (data: JsonObject): StreamPlace => {
  const { stream, revision } = data as { readonly stream: string; readonly revision: number };
  return { stream, revision };
};
