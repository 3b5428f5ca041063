import { metadataOf } from '../contracts/event-metadata.js';
import type { RecordedEvent } from '../event-store/event-store.js';

/** How the events of one kind of stream become its state. */
export interface Fold<State> {
  readonly initial: State;
  /** total: an event that it does not know changes nothing */
  evolve(state: State, event: RecordedEvent): State;
}

/** Where in the stream a command's events stand, and the HMAC of its body. */
export interface TakenAt {
  readonly bodyMac: string;
  readonly first: number;
  readonly last: number;
}

/** A stream as folded so far. */
export interface LoadedStream<State> {
  readonly state: State;
  /** -1 where there is no event */
  readonly revision: number;
  /** of the last event; '' before the first */
  readonly recordedAt: string;
  /** Grows in place with the stream: it is asked for one id at a time and never compared. */
  readonly taken: Map<string, TakenAt>;
}

export const emptyStream = <State>(initial: State): LoadedStream<State> => ({
  state: initial,
  revision: -1,
  recordedAt: '',
  taken: new Map(),
});

export function foldOn<State>(
  loaded: LoadedStream<State>,
  events: readonly RecordedEvent[],
  fold: Fold<State>,
): LoadedStream<State> {
  let { state, revision, recordedAt } = loaded;
  for (const event of events) {
    const { commandId, bodyMac, recordedAt: at } = metadataOf(event);
    state = fold.evolve(state, event);
    revision = event.revision;
    if (at > recordedAt) recordedAt = at;
    const first = loaded.taken.get(commandId)?.first ?? revision;
    loaded.taken.set(commandId, { bodyMac, first, last: revision });
  }
  return { state, revision, recordedAt, taken: loaded.taken };
}
