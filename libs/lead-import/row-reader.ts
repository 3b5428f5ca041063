import type { Cleaner } from './cleaning.js';
import type { Columns } from './columns.js';
import { inFull, type FieldMapping } from './field-mapping.js';
import { readTime, USUAL_FORMATS, type GivenTime } from './time-format.js';

/** Reads the fields of one row, and gathers what is odd about them. Nothing gathered repeats a cell. */
export class RowReader {
  readonly #odd: string[] = [];

  constructor(
    private readonly columns: Columns,
    private readonly cells: readonly string[],
    private readonly zone: string,
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

  time(mapping: string | FieldMapping | undefined): GivenTime | undefined {
    if (mapping === undefined) return undefined;
    const field = inFull(mapping);
    const text = this.#text(field);
    if (text === '') return undefined;
    const given = readTime(text, field.formats ?? USUAL_FORMATS, this.zone);
    if (given === undefined)
      this.note(`${nameOf(field)} is no date in ${(field.formats ?? USUAL_FORMATS).join(' or ')}`);
    return given;
  }

  #text(field: FieldMapping): string {
    if (field.value !== undefined) return field.value;
    const contents = this.columns.contents(field, this.cells);
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
