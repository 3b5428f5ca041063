import { hash } from 'node:crypto';

const MOST_DEPTH = 64;
/** Text that stands in JSON as it is: most of what is signed. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * RFC 8785 (JCS) text of a JSON value. Written here, since every event that is written waits for three of them: what
 * stands in order already is left to JSON.stringify, and the rest is one pass, where a library for all cases makes
 * several.
 *
 * @throws RangeError when nested deeper than 64 levels (it is recursive)
 * @throws TypeError for what is not JSON: NaN, infinity, half a character, bigint, a function
 */
export function canonicalJson(value: unknown): string {
  if (standsInOrder(value, 0)) {
    const text = JSON.stringify(value);
    // It escapes half a character, of which there must be no text, and nothing else in this way but `\\ud` itself.
    if (!text.includes('\\ud')) return text;
  }
  return textOf(value, 0);
}

/** Lower-case hex SHA-256 of the JCS text: how a content is named that people sign. */
export function canonicalHash(value: unknown): string {
  return hashOfText(canonicalJson(value));
}

/** The same for whoever has the JCS text. */
export const hashOfText = (canonical: string): string => hash('sha256', canonical, 'hex');

/** Whether JSON.stringify writes the value as the RFC has it, half a character apart. It says no to what is no JSON, too. */
function standsInOrder(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      if (value === null) return true;
      if (depth >= MOST_DEPTH || hasForm(value)) return false;
      if (Array.isArray(value)) return value.every((item) => item === undefined || standsInOrder(item, depth + 1));
      return membersInOrder(value, depth);
    default:
      return false;
  }
}

function membersInOrder(value: object, depth: number): boolean {
  let last = '';
  for (const name of Object.keys(value)) {
    if (name < last) return false;
    last = name;
    const member = (value as Record<string, unknown>)[name];
    if (typeof member !== 'string' && member !== undefined && !standsInOrder(member, depth + 1)) return false;
  }
  return true;
}

function textOf(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      // ECMAScript's own form of a number is that of the RFC; it has one zero.
      if (Number.isFinite(value)) return String(value);
      throw new TypeError('not a finite number');
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : compound(value, depth);
    default:
      throw new TypeError('not a JSON value');
  }
}

function compound(value: object, depth: number): string {
  if (depth >= MOST_DEPTH) throw new RangeError(`nested deeper than ${MOST_DEPTH} levels`);
  if (hasForm(value)) return textOf(value.toJSON(), depth + 1);
  if (Array.isArray(value))
    return `[${value.map((item: unknown) => (item === undefined ? 'null' : textOf(item, depth + 1))).join(',')}]`;
  let text = '';
  for (const name of inOrder(Object.keys(value))) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(name)}:${textOf(member, depth + 1)}`;
  }
  return `{${text}}`;
}

/** By UTF-16 units, as the RFC has it and `<` and sort() do. What was parsed from canonical JSON stands so already. */
function inOrder(names: string[]): readonly string[] {
  let last = '';
  for (const name of names) {
    if (name < last) return names.sort();
    last = name;
  }
  return names;
}

const hasForm = (value: object): value is { toJSON(): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('half a character has no canonical form');
  return JSON.stringify(text);
}
