import Table from 'cli-table3';

const NARROWEST = 40;
const PADDING = 2;
const BORDER = 1;

export interface OwnerLike {
  readonly team: string;
  readonly person?: string | undefined;
}

/** `team/person`, or the team alone; `–` for nobody. */
export const ownerText = (owner: OwnerLike | null | undefined): string => {
  if (!owner) return '–';
  return owner.person === undefined ? owner.team : `${owner.team}/${owner.person}`;
};

/**
 * A table with its line end, no wider than the terminal; as wide as it wants to be where there is none. Cells that are
 * too long are wrapped, inside words where need be: an id that is cut off is of no use.
 */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string {
  const frame = head.length * (PADDING + BORDER) + BORDER;
  const room = columns === undefined ? Infinity : Math.max(columns, NARROWEST) - frame;
  const wanted = head.map((title, index) => Math.max(...[title, ...rows.map((row) => row[index] ?? '')].map(widest)));
  const colWidths = sharedWidths(wanted, room).map((width) => width + PADDING);
  const plain = { head: [], border: [] };
  const table = new Table({ head: [...head], colWidths, wordWrap: true, wrapOnWordBoundary: false, style: plain });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString()}\n`;
}

const widest = (cell: string): number => Math.max(...cell.split('\n').map((line) => line.length));

/** Narrow columns get the width they want; the wide ones share what is left evenly. */
export function sharedWidths(wanted: readonly number[], room: number): readonly number[] {
  const widths = wanted.map(() => 0);
  let left = room;
  const byWish = wanted.map((wish, index) => ({ wish, index })).toSorted((a, b) => a.wish - b.wish);
  byWish.forEach(({ wish, index }, place) => {
    const width = Math.min(wish, Math.max(1, Math.floor(left / (byWish.length - place))));
    widths[index] = width;
    left -= width;
  });
  return widths;
}
