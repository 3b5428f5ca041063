import type { Columns } from './columns.js';

/** A file's columns with what its mapping says of all rows. */
export interface RowFrame {
  readonly columns: Columns;
  readonly width: number;
  /** what local times are in */
  readonly zone: string;
  /** when the import began, ISO 8601 UTC: nothing in the file happened after that */
  readonly now: string;
}
