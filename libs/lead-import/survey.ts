import { Columns } from './columns.js';
import { readCsv, type CsvReading, type CsvRow } from './csv-rows.js';
import { planDeal } from './deal-plan.js';
import { inFull, type FieldMapping } from './field-mapping.js';
import type { Mapping } from './mapping.js';
import type { RowFrame } from './row-frame.js';
import { FileRefused } from './text-decoding.js';

export const MOST_ROWS = 10_000_000;

/** A file that can be read from its beginning as often as needed. */
export type Bytes = () => AsyncIterable<Uint8Array>;

/** What is known of a file once it was read through, before anything is sent. */
export interface Survey {
  readonly rows: number;
  /** by team id: whom the rows name */
  readonly people: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A file's rows with what is needed to plan them. */
export interface OpenedFile {
  readonly frame: RowFrame;
  readonly rows: AsyncIterable<CsvRow>;
}

/**
 * Opens the file and finds its columns.
 *
 * @throws FileRefused naming all columns at once that are missing, or that are there more than once
 */
export async function openFile(bytes: Bytes, reading: CsvReading, mapping: Mapping, now: string): Promise<OpenedFile> {
  const { header, rows } = await readCsv(bytes(), reading);
  const columns = new Columns(header);
  const missing = [...new Set(fieldsOf(mapping).flatMap((field) => columns.missing(inFull(field))))];
  if (missing.length > 0) throw new FileRefused(`columns are missing: ${missing.join(', ')}`);
  const repeated = [...new Set(fieldsOf(mapping).flatMap((field) => columns.repeated(inFull(field))))];
  if (repeated.length > 0) throw new FileRefused(`columns are there more than once: ${repeated.join(', ')}`);
  return { frame: { columns, width: header.length, zone: mapping.zone ?? 'UTC', now }, rows };
}

function fieldsOf(mapping: Mapping): readonly (string | FieldMapping)[] {
  if (mapping.kind === 'deals') {
    const { steward, worker, fields } = mapping;
    return [worker.person, ...Object.values(fields), ...(steward.person === undefined ? [] : [steward.person])];
  }
  const { profile = {}, details = {}, ...plain } = mapping.fields;
  const groups: readonly Readonly<Record<string, string | FieldMapping>>[] = [plain, profile, details];
  return groups.flatMap((group) => Object.values(group));
}

/**
 * Reads the whole file once, so that a fault in its last line is found before the first row is sent.
 *
 * @throws FileRefused
 */
export async function surveyFile(bytes: Bytes, reading: CsvReading, mapping: Mapping, now: string): Promise<Survey> {
  const { frame, rows } = await openFile(bytes, reading, mapping, now);
  const people = new Map<string, Set<string>>();
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count > MOST_ROWS) throw new FileRefused(`the file has more than ${MOST_ROWS} rows: part it`);
    if (mapping.kind !== 'deals') continue;
    const plan = planDeal(row, mapping, frame);
    if (!plan.ok) continue;
    for (const { team, person } of plan.wanted.people) (people.get(team) ?? newcomers(people, team)).add(person);
  }
  return { rows: count, people };
}

function newcomers(people: Map<string, Set<string>>, team: string): Set<string> {
  const persons = new Set<string>();
  people.set(team, persons);
  return persons;
}
