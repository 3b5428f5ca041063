import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

const MOST_DEPTH = 64;

/**
 * RFC 8785 (JCS) text of a JSON value.
 *
 * @throws RangeError when nested deeper than 64 levels (the serialiser is recursive)
 * @throws TypeError when the value is not JSON at all
 */
export function canonicalJson(value: unknown): string {
  assertDepth(value, 0);
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** Lower-case hex SHA-256 of the JCS text: how a content is named that people sign. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function assertDepth(value: unknown, depth: number): void {
  if (value === null || typeof value !== 'object') return;
  if (depth >= MOST_DEPTH) throw new RangeError(`nested deeper than ${MOST_DEPTH} levels`);
  for (const child of Object.values(value)) assertDepth(child, depth + 1);
}
