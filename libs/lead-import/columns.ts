import type { FieldMapping } from './field-mapping.js';

const namesOf = ({ column, join }: FieldMapping): readonly (readonly string[])[] => {
  if (column !== undefined) return [typeof column === 'string' ? [column] : column];
  return (join ?? []).map((name) => [name]);
};

/** Where the columns that a mapping names stand in a file. Header names are compared without regard to case. */
export class Columns {
  readonly #indexOf = new Map<string, number>();
  readonly #repeated = new Set<string>();

  constructor(header: readonly string[]) {
    header.forEach((name, index) => {
      const known = name.toLowerCase();
      if (this.#indexOf.has(known)) this.#repeated.add(known);
      else this.#indexOf.set(known, index);
    });
  }

  /** The columns that a field needs and the file lacks; alternatives stand as one, parted by `or`. */
  missing(mapping: FieldMapping): readonly string[] {
    if (mapping.optional === true) return [];
    return namesOf(mapping)
      .filter((names) => this.#find(names) === undefined)
      .map((names) => names.map((name) => `"${name}"`).join(' or '));
  }

  /** The columns that a field is read from and the header has more than once: which is meant nobody can tell. */
  repeated(mapping: FieldMapping): readonly string[] {
    return namesOf(mapping)
      .flatMap((names) => names.find((name) => this.#indexOf.has(name.toLowerCase())) ?? [])
      .filter((name) => this.#repeated.has(name.toLowerCase()))
      .map((name) => `"${name}"`);
  }

  /** The trimmed contents of a field's cell; joined ones with a space; empty where there is no such column. */
  contents(mapping: FieldMapping, cells: readonly string[]): string {
    return namesOf(mapping)
      .map((names) => cells[this.#find(names) ?? -1]?.trim() ?? '')
      .filter((cell) => cell !== '')
      .join(' ');
  }

  #find(names: readonly string[]): number | undefined {
    const found = names.find((name) => this.#indexOf.has(name.toLowerCase()));
    return found === undefined ? undefined : this.#indexOf.get(found.toLowerCase());
  }
}
