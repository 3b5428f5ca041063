import type { RecordedEvent } from '../event-store/event-store.js';
import { RevisionGap } from './projection.js';
import { keyOf } from './skipped-events.js';

/** How far a build is in a stream. */
export interface Mark {
  readonly revision: number;
  readonly parked: boolean;
}
export type Marks = ReadonlyMap<string, Mark>;

export interface Sifted {
  /** to be folded now */
  readonly fresh: readonly RecordedEvent[];
  /** to be laid aside: of an unknown type, or behind one that is laid aside */
  readonly aside: readonly { readonly event: RecordedEvent; readonly unknownType: boolean }[];
  /** of every stream that moved */
  readonly marks: Marks;
}

/**
 * What of a batch is new, by the marks of its streams. What was seen before is dropped: deliveries may repeat.
 *
 * @param handles whether a stored type is known to the projection
 * @param skipped events that are passed over, as `keyOf` names them
 * @throws RevisionGap
 */
export function sift(
  events: readonly RecordedEvent[],
  before: Marks,
  handles: (type: string) => boolean,
  skipped: ReadonlySet<string>,
): Sifted {
  const fresh: RecordedEvent[] = [];
  const aside: { event: RecordedEvent; unknownType: boolean }[] = [];
  const marks = new Map<string, Mark>();
  for (const event of events) {
    const mark = marks.get(event.stream) ?? before.get(event.stream) ?? { revision: -1, parked: false };
    if (event.revision <= mark.revision) continue;
    if (mark.parked) {
      aside.push({ event, unknownType: false });
      continue;
    }
    if (event.revision !== mark.revision + 1) throw new RevisionGap(event.stream, mark.revision + 1, event.revision);
    const passedOver = skipped.size > 0 && skipped.has(keyOf(event));
    if (passedOver || handles(event.type)) {
      if (!passedOver) fresh.push(event);
      marks.set(event.stream, { revision: event.revision, parked: false });
    } else {
      aside.push({ event, unknownType: true });
      marks.set(event.stream, { ...mark, parked: true });
    }
  }
  return { fresh, aside, marks };
}
