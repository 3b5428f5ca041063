import type { Position, ReadAllOptions, ReadStreamOptions } from './event-store.js';

/** Most events of one read: a page is read and parsed at one go, so its size bounds how long that takes. */
export const MOST_PAGE_EVENTS = 10_000;
/** Replays fastest: what larger pages hold outlives the young generation and is copied by the garbage collector. */
const DEFAULT_PAGE_EVENTS = 1_000;

export interface StreamPage {
  readonly forward: boolean;
  /** first revision, inclusive; backward and without a start it is the greatest integer */
  readonly from: number;
  readonly limit: number;
}

/** @throws RangeError for a start or a limit that is no revision or over 10,000 */
export function streamPage({ from, direction = 'forward', limit }: ReadStreamOptions): StreamPage {
  const forward = direction === 'forward';
  if (from !== undefined && !(Number.isSafeInteger(from) && from >= 0))
    throw new RangeError('a revision to read from is a whole number from 0');
  return { forward, from: from ?? (forward ? 0 : Number.MAX_SAFE_INTEGER), limit: pageLimit(limit) };
}

export interface AllPage {
  /** exclusive; 0 for the start */
  readonly after: number;
  readonly limit: number;
}

/** @throws RangeError for a limit out of 1..10,000 or a position that this store never gave */
export function allPage({ after, limit }: ReadAllOptions): AllPage {
  return { after: after === undefined ? 0 : sequenceOf(after), limit: pageLimit(limit) };
}

/** The number behind a position of a store that counts its events in commit order. */
export function sequenceOf(position: Position): number {
  const sequence = Number(position);
  if (!/^\d{1,16}$/.test(position) || !Number.isSafeInteger(sequence))
    throw new RangeError('not a position of this store');
  return sequence;
}

/** @throws RangeError out of 1..10,000 */
export function pageLimit(limit = DEFAULT_PAGE_EVENTS): number {
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST_PAGE_EVENTS))
    throw new RangeError(`a page has 1 to ${MOST_PAGE_EVENTS} events`);
  return limit;
}
