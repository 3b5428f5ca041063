import { CODE_PATTERN } from './profile.js';

/** What a check answers: the value, rebuilt of known fields only, or the first field that breaks a rule. */
export type Checked<T> =
  { readonly ok: true; readonly content: T } | { readonly ok: false; readonly field: string; readonly rule: string };

/** Checks an unknown JSON value; `at` is its path (`criteria[0].id`). Never throws; goes only as deep as its own shape. */
export type Check<T> = (value: unknown, at: string) => Checked<T>;

const good = <T>(content: T): Checked<T> => ({ ok: true, content });
/** A broken rule. It never repeats the value: that may be anything a person typed. */
export const broken = (at: string, rule: string): Checked<never> => ({
  ok: false,
  field: at === '' ? 'content' : at,
  rule,
});

export const matching =
  (pattern: RegExp, rule: string): Check<string> =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? good(value) : broken(at, rule);

export const label: Check<string> = matching(/^[^\p{Cc}\p{Cs}]{1,80}$/u, '1 to 80 characters, no control characters');

export const code: Check<string> = matching(
  CODE_PATTERN,
  'a code: 1 to 64 of a-z 0-9 _ . : + -, beginning with a letter or digit',
);

export const yesOrNo: Check<boolean> = (value, at) =>
  typeof value === 'boolean' ? good(value) : broken(at, 'true or false');

export const whole =
  (least: number, most: number): Check<number> =>
  (value, at) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? good(value)
      : broken(at, `a whole number from ${least} to ${most}`);

export const oneOf =
  <T extends string>(values: readonly T[]): Check<T> =>
  (value, at) => {
    const known = values.find((candidate) => candidate === value);
    return known === undefined ? broken(at, `one of ${values.join(', ')}`) : good(known);
  };

/** From `least` to `most` items; where `key` is given, no two items have the same key. */
export const listOf =
  <T>(item: Check<T>, least: number, most: number, key?: (item: T) => string): Check<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      return broken(at, `a list of ${least} to ${most}`);
    }
    const items: T[] = [];
    const keys = new Set<string>();
    for (const [index, one] of value.entries()) {
      const checked = item(one, `${at}[${index}]`);
      if (!checked.ok) return checked;
      if (key && keys.size === keys.add(key(checked.content)).size) {
        return broken(`${at}[${index}]`, 'is in the list already');
      }
      items.push(checked.content);
    }
    return good(items);
  };

type Fields<T> = { readonly [Name in keyof T]-?: Check<Exclude<T[Name], undefined>> };

/** Exactly these fields; those named `optional` may be absent, and an unknown one is refused. */
export const fields =
  <T extends object>(checks: Fields<T>, optional: readonly (keyof T & string)[] = []): Check<T> =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return broken(at, 'an object');
    const given = new Map<string, unknown>(Object.entries(value));
    const path = (name: string): string => (at === '' ? name : `${at}.${name}`);
    const built: Partial<T> = {};
    for (const name of namesOf(checks)) {
      if (!given.has(name)) {
        if (optional.includes(name)) continue;
        return broken(path(name), 'is missing');
      }
      const checked = checks[name](given.get(name), path(name));
      if (!checked.ok) return checked;
      built[name] = checked.content;
      given.delete(name);
    }
    const [unknown] = given.keys();
    if (unknown !== undefined) return broken(FIELD_NAME.test(unknown) ? path(unknown) : at, 'an unknown field');
    return good(built as T);
  };

/** Only what looks like a misspelt field is repeated; anything else may be data in the wrong place. */
const FIELD_NAME = /^[A-Za-z_]{1,40}$/;

const namesOf = <T extends object>(checks: Fields<T>): readonly (keyof T & string)[] =>
  Object.keys(checks) as (keyof T & string)[];
