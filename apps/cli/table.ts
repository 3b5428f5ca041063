import Table from 'cli-table3';

const WITHOUT_TERMINAL = 120;
const NARROWEST = 40;
const FRAME_PER_COLUMN = 3;

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
 * A table no wider than the terminal, with its line end. Cells that are too long are wrapped, inside words where
 * need be: an id that is cut off is of no use.
 */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number = WITHOUT_TERMINAL,
): string {
  const room = Math.max(columns, NARROWEST) - head.length * FRAME_PER_COLUMN - 1;
  const wanted = head.map((title, index) => Math.max(title.length, ...rows.map((row) => widest(row[index] ?? ''))));
  const colWidths = shared(wanted, room).map((width) => width + FRAME_PER_COLUMN - 1);
  const table = new Table({
    head: [...head],
    colWidths,
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString()}\n`;
}

const widest = (cell: string): number => Math.max(...cell.split('\n').map((line) => line.length));

/** Narrow columns get what they want; what is left is shared evenly by the wide ones. */
export function shared(wanted: readonly number[], room: number): readonly number[] {
  const widths = wanted.map(() => 0);
  let left = room;
  const byWish = wanted.map((wish, index) => ({ wish, index })).toSorted((a, b) => a.wish - b.wish);
  byWish.forEach(({ wish, index }, place) => {
    const fair = Math.max(1, Math.floor(left / (byWish.length - place)));
    widths[index] = Math.min(wish, fair);
    left -= widths[index];
  });
  return widths;
}
