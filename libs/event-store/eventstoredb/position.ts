import { StoreFault, type Position } from '../event-store.js';

/** Where an event stands in the server's log. Both numbers are needed: an event inside a transaction shares one. */
export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** What the server says where it knows no position: all bits set. */
const UNKNOWN = 0xffff_ffff_ffff_ffffn;

/** Before every event. */
export const LOG_START: Position = '0/0';

/** @throws StoreFault for a position that the server did not know: it must never become somebody's checkpoint */
export function positionText(position: LogPosition | undefined): Position {
  if (position === undefined || position.commit === UNKNOWN)
    throw new StoreFault('the server gave no position with an event: it is older than 22.10');
  return `${position.commit}/${position.prepare}`;
}

/** @throws RangeError for text that is no `commit/prepare` */
export function logPosition(text: Position): LogPosition {
  const match = /^(\d{1,20})\/(\d{1,20})$/.exec(text);
  if (!match?.[1] || !match[2]) throw new RangeError('not a position of this store');
  return { commit: BigInt(match[1]), prepare: BigInt(match[2]) };
}

export function compareLogPositions(a: LogPosition, b: LogPosition): number {
  return Number(a.commit - b.commit) || Number(a.prepare - b.prepare);
}
