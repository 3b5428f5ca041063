import { createHash } from 'node:crypto';

const MOST_DEPTH = 64;

/**
 * RFC 8785 (JCS) text of a JSON value: members in the order of their names' UTF-16 units, numbers and strings as
 * ECMAScript writes them. As with JSON.stringify, a member that is undefined is none, and in a list it is null.
 *
 * @throws RangeError when nested deeper than 64 levels (the serialiser is recursive)
 * @throws TypeError when the value is not JSON at all; it is not repeated
 */
export const canonicalJson = (value: unknown): string => textOf(value, 0);

/** Lower-case hex SHA-256 of the JCS text: how a content is named that people sign. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function textOf(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return textOfString(value);
    case 'number':
      if (Number.isFinite(value)) return String(value);
      throw new TypeError('a number that is not finite is not JSON');
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MOST_DEPTH) throw new RangeError(`nested deeper than ${MOST_DEPTH} levels`);
      return Array.isArray(value) ? textOfList(value, depth) : textOfObject(value, depth);
    default:
      throw new TypeError(`a ${typeof value} is not JSON`);
  }
}

function textOfList(list: readonly unknown[], depth: number): string {
  let text = '';
  for (const item of list) text += `${text === '' ? '' : ','}${item === undefined ? 'null' : textOf(item, depth + 1)}`;
  return `[${text}]`;
}

function textOfObject(object: object, depth: number): string {
  const members = object as Readonly<Record<string, unknown>>;
  // A Date and its like would come out empty.
  if (typeof members.toJSON === 'function') throw new TypeError('an object that makes its own JSON is not JSON');
  let text = '';
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${textOfString(name)}:${textOf(value, depth + 1)}`;
  }
  return `{${text}}`;
}

/** ASCII of which nothing is escaped: most strings of ours, which are their own JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A lone surrogate has no UTF-8, so nothing could be hashed or signed. */
function textOfString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (text.isWellFormed()) return JSON.stringify(text);
  throw new TypeError('a string with a lone surrogate is not JSON');
}
