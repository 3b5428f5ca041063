import { flag, list, oneOf, optional, record, text, type InferFields, type Shape } from '../shape/shape.js';
import { badFormat } from './time-format.js';

const NAME = text(200);
const MOST_NAMES = 50;

/** One name, or several of which the first that the file has counts: exports change their headers over the years. */
const columnNames: Shape<string | readonly string[]> = {
  schema: { anyOf: [NAME.schema, { type: 'array', items: NAME.schema }] },
  optional: false,
  check: (value, path) =>
    typeof value === 'string' ? NAME.check(value, path) : list(NAME, MOST_NAMES).check(value, path),
};

const MOST_ENTRIES = 10_000;
const dictionary: Shape<Readonly<Record<string, string>>> = {
  schema: { type: 'object', additionalProperties: NAME.schema },
  optional: false,
  check(value, path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return `${path}: must be a table`;
    const entries = Object.entries(value);
    if (entries.length > MOST_ENTRIES) return `${path}: must have at most ${MOST_ENTRIES} entries`;
    return entries.map(([key, one]) => NAME.check(one, `${path}/${key}`)).find((problem) => problem !== undefined);
  },
};

const timeFormat: Shape<string> = {
  schema: { type: 'string' },
  optional: false,
  check(value, path) {
    if (typeof value !== 'string') return `${path}: must be a time format`;
    const rule = badFormat(value);
    return rule === undefined ? undefined : `${path}: ${rule}`;
  },
};

const source = record({
  column: optional(columnNames),
  /** columns put together, with a space between what is not empty */
  join: optional(list(NAME, MOST_NAMES)),
  /** the same for every row, in place of a column */
  value: optional(NAME),
  /** what an empty cell stands for */
  empty: optional(NAME),
  /** contents that mean the same as an empty cell */
  unknown: optional(list(text(200), MOST_NAMES)),
  /** contents, compared without regard to case, and what they become */
  table: optional(dictionary),
  /** for times, tried in turn */
  formats: optional(list(timeFormat, 20)),
  /** for numbers; `.` unless said */
  decimal: optional(oneOf('.', ',')),
  /** whether the file may lack the column */
  optional: optional(flag),
});
/** Where a field's value comes from. */
export type FieldMapping = InferFields<(typeof source)['fields']>;

/** A mapping of one field: the name of its column is short for `{ column: name }`. */
export const fieldMapping: Shape<string | FieldMapping> = {
  schema: { anyOf: [NAME.schema, source.schema] },
  optional: false,
  check(value, path) {
    if (typeof value === 'string') return NAME.check(value, path);
    const problem = source.check(value, path);
    if (problem !== undefined) return problem;
    const { column, join, value: constant } = value as FieldMapping;
    const given = [column, join, constant].filter((one) => one !== undefined).length;
    return given === 1 ? undefined : `${path}: must have one of column, join and value`;
  },
};

export const inFull = (mapping: string | FieldMapping): FieldMapping =>
  typeof mapping === 'string' ? { column: mapping } : mapping;
