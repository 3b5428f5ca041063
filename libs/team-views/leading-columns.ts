/**
 * The columns of an index up to the last that is asked for: what is grouped by them lies together there, so that it is
 * added up as it is read, and only few rows are left to group by what was asked. None where none of it is in the index.
 */
export const leadingColumns = <Column extends string>(
  index: readonly Column[],
  asked: readonly string[],
): readonly Column[] => index.slice(0, 1 + index.findLastIndex((column) => asked.includes(column)));
