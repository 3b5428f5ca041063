import type { Position } from '../event-store/event-store.js';

/**
 * How far a listener is, as `Last-Event-ID` has it: a position in the commit order, after which it goes on; or
 * `<position>~<revision>` in the middle of the earlier history of the lead whose event comes next, up to that revision.
 */
export interface FeedPlace {
  /** undefined: before everything */
  readonly position: Position | undefined;
  readonly told?: number;
}

/** Before everything; no store calls a position so. */
const START = 'start';
const FORM = /^([\x21-\x7d]{1,100})(?:~(\d{1,10}))?$/;

export const placeId = ({ position = START, told }: FeedPlace): string =>
  told === undefined ? position : `${position}~${told}`;

/** Undefined for what `placeId` did not make; whether the position is one of the store is another question. */
export function readPlace(id: string): FeedPlace | undefined {
  const [, position, told] = FORM.exec(id) ?? [];
  if (position === undefined) return undefined;
  return {
    position: position === START ? undefined : position,
    ...(told === undefined ? {} : { told: Number(told) }),
  };
}
