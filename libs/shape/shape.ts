import type { Json, JsonObject } from '../decider/json.js';
import { UUID } from '../ids/uuid.js';

/**
 * A shape says once what a stored value looks like: the TypeScript type is inferred from it, a read value is checked
 * against it, and its JSON Schema is what other programs are given.
 */
export interface Shape<T> {
  readonly schema: JsonObject;
  readonly optional: boolean;
  /** What is wrong, as `path: rule`, or undefined. Never repeats the value. */
  check(value: unknown, path: string): string | undefined;
  /** only for inference */
  readonly type?: T;
}

export interface OptionalShape<T> extends Shape<T> {
  readonly optional: true;
}

export type Fields = Readonly<Record<string, Shape<unknown>>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends OptionalShape<unknown> ? K : never;
}[keyof F];
export type Infer<S> = S extends Shape<infer T> ? T : never;
export type InferFields<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: Infer<F[K]>;
};

function shape<T>(schema: JsonObject, rule: string, holds: (value: unknown) => boolean): Shape<T> {
  return { schema, optional: false, check: (value, path) => (holds(value) ? undefined : `${path}: must be ${rule}`) };
}

function matching(pattern: RegExp, rule: string): Shape<string> {
  return shape({ type: 'string', pattern: pattern.source }, rule, (v) => typeof v === 'string' && pattern.test(v));
}

/** Half a character, which no canonical JSON can be made of. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Free text: always personal, so it stands only in the sealed part of an event. `most` counts UTF-16 units. */
export const text = (most: number): Shape<string> =>
  shape(
    { type: 'string', maxLength: most },
    `text of at most ${most} characters`,
    (v) => typeof v === 'string' && v.length <= most && !LONE_SURROGATE.test(v),
  );
const CONTROL = /^[^\u0000-\u001f\u007f-\u009f]*$/;
/** A business name or a label, of the trade and not of a person; `most` counts characters (code points). */
export const label = (most: number): Shape<string> =>
  shape(
    { type: 'string', minLength: 1, maxLength: most, pattern: CONTROL.source },
    `1 to ${most} characters, no control characters`,
    (v) => typeof v === 'string' && v !== '' && [...v].length <= most && CONTROL.test(v) && !LONE_SURROGATE.test(v),
  );
/** Bytes in base64url without padding. */
export const base64url = (bytes: number): Shape<string> =>
  matching(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`), `${bytes} bytes in base64url`);
/** Any number of them. */
export const anyBase64url = matching(/^[A-Za-z0-9_-]+$/, 'bytes in base64url');
/** Bytes in base64 with padding. */
export const base64 = (bytes: number): Shape<string> => {
  const padding = (3 - (bytes % 3)) % 3;
  const digits = Math.ceil(bytes / 3) * 4 - padding;
  return matching(new RegExp(`^[A-Za-z0-9+/]{${digits}}${'='.repeat(padding)}$`), `${bytes} bytes in base64`);
};
/** Bytes in lower-case hex. */
export const hexDigits = (bytes: number): Shape<string> =>
  matching(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `${bytes} bytes in hex`);
/** A verifier key in its text form (C2SP signed-note); whether its id is that of its key, a parser says. */
export const noteVkey = matching(/^[^\s+]{1,255}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/, 'a vkey: name+key id+key');
/** The name of a stream: `lead-<id>`. */
export const streamName = matching(/^[a-z]+-[A-Za-z0-9_.:-]{1,200}$/, 'the name of a stream');
/** A word of an agreed list or a band: lower case, no spaces, at most 64 characters. */
export const code = matching(/^[a-z0-9][a-z0-9_.:+-]{0,63}$/, 'a code (lower case, digits and _.:+-, at most 64)');
/** An opaque id that another system or a token gave: no @, so that an e-mail address is no id. */
export const opaqueId = matching(/^[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}$/, 'an opaque id of at most 128 characters');
export const uuid = matching(UUID, 'a UUID');
export const hash = matching(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** ISO 8601 UTC with milliseconds, of a day and hour that exist: a 30 February would silently become another day. */
export const time: Shape<string> = shape(
  { type: 'string', pattern: TIME.source, format: 'date-time' },
  'an ISO 8601 time in UTC with milliseconds',
  (v) => typeof v === 'string' && TIME.test(v) && exists(v),
);
function exists(time: string): boolean {
  const milliseconds = Date.parse(time);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === time;
}
export const flag: Shape<boolean> = shape({ type: 'boolean' }, 'true or false', (v) => typeof v === 'boolean');

export const integer = (least: number, most: number): Shape<number> =>
  shape(
    { type: 'integer', minimum: least, maximum: most },
    `a whole number from ${least} to ${most}`,
    (v) => typeof v === 'number' && Number.isSafeInteger(v) && v >= least && v <= most,
  );
export const amount: Shape<number> = shape(
  { type: 'number', minimum: 0, maximum: 1e12 },
  'a number from 0 to 1e12',
  (v) => typeof v === 'number' && v >= 0 && v <= 1e12,
);

export function oneOf<const V extends string | number | boolean>(...values: readonly V[]): Shape<V> {
  return shape({ enum: [...values] as Json[] }, `one of ${values.join(', ')}`, (v) => values.includes(v as V));
}

export function list<T>(of: Shape<T>, most: number): Shape<readonly T[]> {
  return {
    schema: { type: 'array', maxItems: most, items: of.schema },
    optional: false,
    check(value, path) {
      if (!Array.isArray(value) || value.length > most) return `${path}: must be a list of at most ${most}`;
      return firstProblem(value.map((item, index) => () => of.check(item, `${path}/${index}`)));
    },
  };
}

export function record<F extends Fields>(fields: F): Shape<InferFields<F>> & { readonly fields: F } {
  const required = Object.keys(fields).filter((name) => !fields[name]?.optional);
  const properties = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.schema]));
  return {
    fields,
    optional: false,
    schema: { type: 'object', additionalProperties: false, required, properties },
    check(value, path) {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return `${path}: must be an object`;
      const given = value as Record<string, unknown>;
      const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
      if (unknown !== undefined) return `${path}: has a field that is not part of it`;
      return firstProblem(
        Object.entries(fields).map(([name, field]) => () => {
          if (given[name] !== undefined) return field.check(given[name], `${path}/${name}`);
          return field.optional ? undefined : `${path}/${name}: is required`;
        }),
      );
    },
  };
}

/** A record that says in its field `kind` which it is. */
type Kinded<T> = Shape<T> & { readonly fields: { readonly kind: Shape<unknown> } };

/** One of two records, told apart by the literal in their field `kind`; what is wrong is said of the one it claims to be. */
export function either<A, B>(a: Kinded<A>, b: Kinded<B>): Shape<A | B> {
  return {
    schema: { anyOf: [a.schema, b.schema] },
    optional: false,
    check(value, path) {
      const kind = value !== null && typeof value === 'object' && 'kind' in value ? value.kind : undefined;
      return b.fields.kind.check(kind, path) === undefined ? b.check(value, path) : a.check(value, path);
    },
  };
}

export function nullable<T>(of: Shape<T>): Shape<T | null> {
  return {
    schema: { anyOf: [of.schema, { type: 'null' }] },
    optional: false,
    check: (v, path) => (v === null ? undefined : of.check(v, path)),
  };
}

export function optional<T>(of: Shape<T>): OptionalShape<T> {
  return { schema: of.schema, optional: true, check: (value, path) => of.check(value, path) };
}

function firstProblem(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}
