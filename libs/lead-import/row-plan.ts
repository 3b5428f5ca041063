import { LONGEST_CELL, type CsvRow } from './csv-rows.js';
import { opaqueId } from './cleaning.js';
import { inFull, type FieldMapping } from './field-mapping.js';
import type { RowFrame } from './row-frame.js';
import { nameOf, RowReader } from './row-reader.js';

/** What a row asks for, or why it cannot be imported at all. `odd` says what was made of what is strange in it. */
export type RowPlan<Wanted> =
  | { readonly ok: true; readonly externalId: string; readonly wanted: Wanted; readonly odd: readonly string[] }
  | { readonly ok: false; readonly externalId?: string; readonly why: string };

/**
 * Plans one row: refuses it where its shape is broken or it has no usable id, else hands it to `want`, which answers a
 * sentence where it refuses.
 */
export function planRow<Wanted extends object>(
  row: CsvRow,
  frame: RowFrame,
  id: string | FieldMapping,
  want: (reader: RowReader, externalId: string) => Wanted | string,
): RowPlan<Wanted> {
  const broken = brokenShape(row, frame.width);
  if (broken !== undefined) return { ok: false, why: broken };
  const reader = new RowReader(frame, row.cells);
  const externalId = reader.read(id, opaqueId);
  if (externalId === undefined) {
    const rule = reader.odd.length > 0 ? 'must be an id of 1 to 128 letters, digits and _.:|-' : 'is empty';
    return { ok: false, why: `${nameOf(inFull(id))} ${rule}` };
  }
  const wanted = want(reader, externalId);
  if (typeof wanted === 'string') return { ok: false, externalId, why: wanted };
  return { ok: true, externalId, wanted, odd: reader.odd };
}

function brokenShape({ cells }: CsvRow, width: number): string | undefined {
  if (cells.length !== width) return `has ${cells.length} cells where the header has ${width}`;
  const long = cells.findIndex((cell) => cell.length > LONGEST_CELL);
  return long < 0 ? undefined : `cell ${long + 1} has more than ${LONGEST_CELL} characters`;
}
