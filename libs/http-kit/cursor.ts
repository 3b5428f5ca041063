import { malformed } from './problem-exception.js';

/** Where a page ended: the sort key of its last row. Not signed: it must open nothing that the query does not. */
export type CursorValue = string | number;

interface ValueOf {
  string: string;
  number: number;
}
type CursorShape = readonly (keyof ValueOf)[];
type CursorOf<Shape extends CursorShape> = { -readonly [Index in keyof Shape]: ValueOf[Shape[Index]] };

export const MOST_CURSOR_LENGTH = 1_024;

/** base64url of the values as a JSON array: opaque to callers, so that its content may change. */
export const encodeCursor = (values: readonly CursorValue[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

/**
 * The values of a cursor, each of the type that the query's shape names: `decodeCursor(text, ['string', 'number'])`.
 *
 * @throws ProblemException 400 for anything that `encodeCursor` could not have made with this shape
 */
export function decodeCursor<const Shape extends CursorShape>(text: string, shape: Shape): CursorOf<Shape> {
  const values = text.length <= MOST_CURSOR_LENGTH ? parse(text) : undefined;
  const hasShape =
    Array.isArray(values) &&
    values.length === shape.length &&
    values.every((value, index) => typeof value === shape[index]);
  if (!hasShape || encodeCursor(values as CursorValue[]) !== text) {
    throw malformed({ in: 'query', field: 'cursor', rule: 'must be a cursor from an earlier page of the same query' });
  }
  return values as CursorOf<Shape>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
