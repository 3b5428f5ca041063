import type { Json, JsonObject } from '../decider/json.js';

/** What keeps readers of a published version from reading what is written under the changed one, or the reverse. */
export interface BreakingChange {
  /** JSON pointer into the value that the schema describes; `/*` for the items of a list */
  readonly at: string;
  readonly rule: string;
}

/** Words about a value that nobody reads it by. */
const ANNOTATIONS = ['title', 'description', '$schema', 'examples'];
/** Looked at by structure, not as a whole. */
const STRUCTURE = ['properties', 'required', 'items', 'anyOf', 'x-sealed'];
const BOUNDS: Readonly<Record<string, 'least' | 'most'>> = {
  minimum: 'least',
  minLength: 'least',
  maximum: 'most',
  maxLength: 'most',
  maxItems: 'most',
};

/**
 * Every change between two schemas of one published version that breaks somebody, in both directions: programs that
 * know the old schema must read what is written now, and those that know the new one what was written then. What is left
 * is: a further optional member, and other words.
 */
export function breakingChanges(before: JsonObject, after: JsonObject, at = ''): readonly BreakingChange[] {
  return [
    ...enumChanges(before, after, at),
    ...boundChanges(before, after, at),
    ...otherChanges(before, after, at),
    ...memberChanges(before, after, at),
    ...nested(before['items'], after['items'], `${at}/*`),
    ...nested(before['x-sealed'], after['x-sealed'], `${at}/(sealed)`),
    ...alternativeChanges(before, after, at),
  ];
}

const broken = (at: string, rule: string): BreakingChange => ({ at: at === '' ? '/' : at, rule });
const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
const isSchema = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function nested(before: Json | undefined, after: Json | undefined, at: string): readonly BreakingChange[] {
  if (isSchema(before) && isSchema(after)) return breakingChanges(before, after, at);
  if (isSchema(before)) return [broken(at, 'is described no more')];
  return isSchema(after) ? [broken(at, 'is described now and was not')] : [];
}

function enumChanges(before: JsonObject, after: JsonObject, at: string): readonly BreakingChange[] {
  const [old, now] = [before['enum'], after['enum']] as [readonly Json[] | undefined, readonly Json[] | undefined];
  if (!old && !now) return [];
  if (!old) return [broken(at, 'takes only listed values now')];
  if (!now) return [broken(at, 'takes more than the listed values now')];
  const shown = (values: readonly Json[]): string => values.map((value) => JSON.stringify(value)).join(', ');
  const removed = old.filter((value) => !now.some((one) => same(one, value)));
  const added = now.filter((value) => !old.some((one) => same(one, value)));
  return [
    ...(removed.length > 0 ? [broken(at, `the value ${shown(removed)} was removed`)] : []),
    ...(added.length > 0 ? [broken(at, `the value ${shown(added)} was added, which readers do not know`)] : []),
  ];
}

function boundChanges(before: JsonObject, after: JsonObject, at: string): readonly BreakingChange[] {
  return Object.entries(BOUNDS).flatMap(([bound, kind]) => {
    const [old, now] = [before[bound], after[bound]] as [number | undefined, number | undefined];
    if (old === now) return [];
    const tighter = old === undefined || (now !== undefined && (kind === 'least' ? now > old : now < old));
    const wider = tighter ? 'narrowed: what was written before does not fit' : 'widened: readers are not made for it';
    return [broken(at, `${bound} was ${wider}`)];
  });
}

function otherChanges(before: JsonObject, after: JsonObject, at: string): readonly BreakingChange[] {
  const known = [...ANNOTATIONS, ...STRUCTURE, ...Object.keys(BOUNDS), 'enum'];
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !known.includes(key));
  return keywords
    .filter((keyword) => !same(before[keyword], after[keyword]))
    .map((keyword) => broken(at, `${keyword} was changed`));
}

function memberChanges(before: JsonObject, after: JsonObject, at: string): readonly BreakingChange[] {
  const members = (schema: JsonObject) => (schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
  const required = (schema: JsonObject) => (schema['required'] ?? []) as readonly string[];
  const [old, now] = [members(before), members(after)];
  const kept = Object.entries(old).flatMap(([name, schema]) => {
    const place = `${at}/${name}`;
    const changed = now[name];
    if (changed === undefined) return [broken(place, 'was removed or renamed')];
    const [was, is] = [required(before).includes(name), required(after).includes(name)];
    if (was && !is) return [broken(place, 'was always there and is optional now')];
    if (!was && is) return [broken(place, 'was optional and is required now')];
    return breakingChanges(schema, changed, place);
  });
  const added = Object.keys(now).filter((name) => old[name] === undefined && required(after).includes(name));
  return [...kept, ...added.map((name) => broken(`${at}/${name}`, 'is new and required'))];
}

/** Alternatives are compared in their order: another order is another schema to nobody, but nobody needs it either. */
function alternativeChanges(before: JsonObject, after: JsonObject, at: string): readonly BreakingChange[] {
  const [old, now] = [before['anyOf'], after['anyOf']] as [
    readonly JsonObject[] | undefined,
    readonly JsonObject[] | undefined,
  ];
  if (!old && !now) return [];
  if (!old || !now || old.length !== now.length) return [broken(at, 'has other alternatives now (null is one)')];
  return old.flatMap((schema, index) => nested(schema, now[index], at));
}
