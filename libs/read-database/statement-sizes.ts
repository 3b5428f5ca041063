/** Under the limits of both databases (SQLite 32,766, PostgreSQL 65,535), and small enough to prepare quickly. */
const MOST_PARAMETERS = 8_192;
const SIZES = [256, 64, 16, 4, 1];

/**
 * Cuts rows into statements of few different sizes, so that each size is compiled and prepared once.
 *
 * @param parameters of one row
 */
export function* inStatements<Row>(rows: readonly Row[], parameters: number): Generator<readonly Row[]> {
  let start = 0;
  while (start < rows.length) {
    const left = rows.length - start;
    const size = SIZES.find((rowCount) => rowCount <= left && rowCount * parameters <= MOST_PARAMETERS) ?? 1;
    yield rows.slice(start, start + size);
    start += size;
  }
}

/** Rows of a statement after which requests of this process come in between; a few more do not hold up anybody. */
export const MANY_ROWS = 64;
