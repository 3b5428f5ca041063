import { hash } from 'node:crypto';

const MOST_DEPTH = 64;

/**
 * RFC 8785 (JCS) text of a JSON value. Written here, since every event that is written waits for three of them: its
 * members are put in order and the rest is left to JSON.stringify, where a library for all cases makes several passes.
 *
 * @throws RangeError when nested deeper than 64 levels (it is recursive)
 * @throws TypeError for what is not JSON: NaN, infinity, half a character, bigint, a function
 */
export function canonicalJson(value: unknown): string {
  const ordered = inOrder(value, 0);
  if (ordered !== undefined) {
    const text = JSON.stringify(ordered);
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

/**
 * What JSON.stringify writes as the RFC has it, half a character apart: the value itself, or a copy in order. Undefined
 * for what is no JSON, and for what no copy puts in order.
 */
function inOrder(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'object':
      if (value === null) return value;
      if (depth >= MOST_DEPTH || hasForm(value)) return undefined;
      return Array.isArray(value) ? itemsInOrder(value, depth + 1) : membersInOrder(value as Members, depth + 1);
    default:
      return undefined;
  }
}

function itemsInOrder(items: readonly unknown[], depth: number): readonly unknown[] | undefined {
  let copy: unknown[] | undefined;
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at] === undefined ? null : inOrder(items[at], depth);
    if (item === undefined) return undefined;
    if (item !== items[at]) (copy ??= [...items])[at] = item;
  }
  return copy ?? items;
}

type Members = Readonly<Record<string, unknown>>;

function membersInOrder(members: Members, depth: number): Members | undefined {
  const names = Object.keys(members);
  const stand = standInOrder(names);
  if (!stand && !canBePutInOrder(names.sort())) return undefined;
  let copy: Record<string, unknown> | undefined = stand ? undefined : {};
  for (const name of names) {
    const member = members[name];
    const ordered = typeof member === 'string' || member === undefined ? member : inOrder(member, depth);
    if (ordered === undefined && member !== undefined) return undefined;
    if (!stand || ordered !== member) (copy ??= { ...members })[name] = ordered;
  }
  return copy ?? members;
}

/** By UTF-16 units, as the RFC has it and `<` and sort() do. What was parsed from canonical JSON stands so already. */
function standInOrder(names: readonly string[]): boolean {
  let last = '';
  for (const name of names) {
    if (name < last) return false;
    last = name;
  }
  return true;
}

/** An object has numbers before all other names, and takes one name for its prototype's. */
const canBePutInOrder = (names: readonly string[]): boolean =>
  names.every((name) => !(name.charCodeAt(0) <= NINE && name.charCodeAt(0) >= ZERO) && name !== '__proto__');
const [ZERO, NINE] = [0x30, 0x39];

/** The same in one pass over everything, for the few values that the way above is not for. */
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
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(name)}:${textOf(member, depth + 1)}`;
  }
  return `{${text}}`;
}

const hasForm = (value: object): value is { toJSON(): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('half a character has no canonical form');
  return JSON.stringify(text);
}
