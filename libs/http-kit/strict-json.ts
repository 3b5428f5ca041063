import { isUtf8 } from 'node:buffer';
import { jsonPointer } from './json-pointer.js';
import type { FieldError } from './problem.js';

export const MOST_JSON_DEPTH = 32;
/** Members and elements of a whole body; a batch of 500 full rows has about half as many. */
export const MOST_JSON_VALUES = 50_000;
const MOST_POINTER_LENGTH = 256;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SMALL_U = 0x75;

export type StrictJson =
  { readonly ok: true; readonly value: object } | { readonly ok: false; readonly error: FieldError };

/**
 * One JSON object in UTF-8 that every reader understands alike (I-JSON, RFC 7493): no duplicate keys, no lone
 * surrogates, at most 32 levels and so many values. The scan comes before the parse, so that a hostile body is refused
 * before anything is built from it; on text that is not JSON the scan may see nonsense, and then JSON.parse refuses.
 */
export function parseStrictJson(bytes: Uint8Array, mostValues = MOST_JSON_VALUES): StrictJson {
  if (!isUtf8(bytes)) return refuseAt([], 'must be valid UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const fault = findFault(text, mostValues);
  if (fault !== undefined) return fault;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return refuseAt([], 'must be a JSON object');
    return { ok: true, value };
  } catch {
    // The parser's own message quotes the body.
    return refuseAt([], 'must be valid JSON');
  }
}

type Refused = Extract<StrictJson, { ok: false }>;

function findFault(text: string, mostValues: number): Refused | undefined {
  const hasEscapes = text.includes('\\');
  // One entry per open container: its keys so far (none for an array), and the key or index being read.
  const keys: (Set<string> | undefined)[] = [];
  const steps: (string | number)[] = [];
  let values = 0;
  let keyIsNext = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = hasEscapes ? endOfString(text, at + 1) : text.indexOf('"', at + 1);
        if (end === LONE_SURROGATE)
          return refuseAt(keyIsNext ? steps.slice(0, -1) : steps, 'must not hold a lone surrogate');
        if (end === NO_END) return undefined;
        if (keyIsNext) {
          const key = decodeKey(text.slice(at + 1, end));
          if (key === undefined) return undefined;
          steps[steps.length - 1] = key;
          if (FORBIDDEN_KEYS.has(key)) return refuseAt(steps, 'is a key that is never accepted');
          const known = keys[keys.length - 1];
          if (known?.has(key)) return refuseAt(steps, 'must not appear twice');
          known?.add(key);
          keyIsNext = false;
        }
        at = end;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY: {
        if (keys.length === MOST_JSON_DEPTH)
          return refuseAt(steps, `must not be nested deeper than ${MOST_JSON_DEPTH} levels`);
        keyIsNext = text.charCodeAt(at) === OPEN_OBJECT;
        keys.push(keyIsNext ? new Set() : undefined);
        steps.push(keyIsNext ? '' : 0);
        values++;
        break;
      }
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        keys.pop();
        steps.pop();
        keyIsNext = false;
        break;
      case COMMA: {
        const index = steps[steps.length - 1];
        if (keys[keys.length - 1] !== undefined) keyIsNext = true;
        else if (typeof index === 'number') steps[steps.length - 1] = index + 1;
        if (++values > mostValues) return refuseAt([], `must not hold more than ${mostValues} values`);
        break;
      }
    }
  }
  return undefined;
}

const NO_END = -1;
const LONE_SURROGATE = -2;

/** The index of the closing quote, or why there is none. */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code !== BACKSLASH) continue;
    at++;
    if (text.charCodeAt(at) !== SMALL_U) continue;
    const unit = escapedUnit(text, at);
    at += 4;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const isPair =
      unit < 0xdc00 &&
      text.charCodeAt(at + 1) === BACKSLASH &&
      text.charCodeAt(at + 2) === SMALL_U &&
      isLow(text, at + 2);
    if (!isPair) return LONE_SURROGATE;
    at += 6;
  }
  return NO_END;
}

const escapedUnit = (text: string, u: number): number => Number.parseInt(text.slice(u + 1, u + 5), 16);
const isLow = (text: string, u: number): boolean => {
  const unit = escapedUnit(text, u);
  return unit >= 0xdc00 && unit <= 0xdfff;
};

/** A key may be written with escapes to hide that it is another's twin; undefined where it is not JSON. */
function decodeKey(raw: string): string | undefined {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return undefined;
  }
}

const refuseAt = (steps: readonly (string | number)[], rule: string): Refused => ({
  ok: false,
  error: { field: jsonPointer(steps).slice(0, MOST_POINTER_LENGTH), rule },
});
