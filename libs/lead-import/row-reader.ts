import { impossibleTime } from '../decider/possible-time.js';
import type { Cleaned, Cleaner } from './cleaning.js';
import { inFull, type FieldMapping } from './field-mapping.js';
import type { RowFrame } from './row-frame.js';
import { readTime, USUAL_FORMATS, type GivenTime } from './time-format.js';

/** Reads the fields of one row, and gathers what is odd about them. Nothing gathered repeats a cell. */
export class RowReader {
  readonly #odd: string[] = [];

  constructor(
    private readonly frame: RowFrame,
    private readonly cells: readonly string[],
  ) {}

  get odd(): readonly string[] {
    return this.#odd;
  }

  note(odd: string): void {
    this.#odd.push(odd);
  }

  /** The value, cleaned; undefined where there is none or it cannot be understood, which is then odd. */
  read<T>(mapping: string | FieldMapping | undefined, clean: Cleaner<T>): T | undefined {
    if (mapping === undefined) return undefined;
    const field = inFull(mapping);
    const text = this.#text(field);
    if (text === '') return undefined;
    const result = clean(text, field.decimal);
    if (result.ok) return result.value;
    this.note(`${nameOf(field)} ${result.rule}: left out`);
    return undefined;
  }

  /** As `read`, for what every lead must have: the mapping's word for an empty cell, else `unknown`; both are odd. */
  readOrUnknown(name: string, mapping: string | FieldMapping, clean: Cleaner): string {
    const field = inFull(mapping);
    const stated = this.read({ ...field, empty: '' }, clean);
    if (stated !== undefined) return stated;
    const instead = field.empty ?? 'unknown';
    this.note(`no ${nameOf(field)}: ${name} is ${instead}`);
    return instead;
  }

  /** When something happened; undefined where the row does not say. The rule of one that cannot be names its column. */
  time(mapping: string | FieldMapping | undefined): Cleaned<GivenTime> | undefined {
    if (mapping === undefined) return undefined;
    const field = inFull(mapping);
    const text = this.#text(field);
    if (text === '') return undefined;
    const given = readTime(text, field.formats ?? USUAL_FORMATS, this.frame.zone);
    const rule = given.ok ? impossibleTime(given.value.at, this.frame.now) : given.rule;
    return rule === undefined ? given : { ok: false, rule: `${nameOf(field)} ${rule}` };
  }

  #text(field: FieldMapping): string {
    if (field.value !== undefined) return field.value;
    const contents = this.frame.columns.contents(field, this.cells);
    const stated = field.unknown?.includes(contents) === true ? '' : contents;
    if (stated === '') return field.empty ?? '';
    return tableOf(field).get(stated.toLowerCase()) ?? stated;
  }
}

export function nameOf({ column, join }: FieldMapping): string {
  if (join !== undefined) return join.join(' + ');
  return (typeof column === 'string' ? column : column?.[0]) ?? 'the constant';
}

const tables = new WeakMap<object, ReadonlyMap<string, string>>();
const NO_TABLE: ReadonlyMap<string, string> = new Map();

function tableOf({ table }: FieldMapping): ReadonlyMap<string, string> {
  if (table === undefined) return NO_TABLE;
  const known = tables.get(table);
  if (known) return known;
  const lower = new Map(Object.entries(table).map(([from, to]) => [from.toLowerCase(), to]));
  tables.set(table, lower);
  return lower;
}
