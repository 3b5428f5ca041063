import Table from 'cli-table3';

/** What is narrower is not fitted to. */
export const NARROWEST = 40;
const PADDING = 2;
const BORDER = 1;
const NOTHING = '–';

export interface OwnerLike {
  readonly team: string;
  readonly person?: string | undefined;
}

/** `team/person`, or the team alone; `–` for nobody. */
export const ownerText = (owner: OwnerLike | null | undefined): string => {
  if (!owner) return NOTHING;
  return owner.person === undefined ? owner.team : `${owner.team}/${owner.person}`;
};

/**
 * A table with its line end, no wider than the terminal; as wide as it wants to be where there is none. Cells that are
 * too long are wrapped, inside words where need be: an id that is cut off is of no use. Where not even the titles fit
 * beside each other, the cells of a row stand below each other.
 */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string {
  const frame = head.length * (PADDING + BORDER) + BORDER;
  const room = columns === undefined ? Infinity : Math.max(columns, NARROWEST) - frame;
  const widths = columnWidths(head, rows, room);
  // A title that is broken inside a word cannot be read: then each row is a cell of its own that says what is what.
  if (head.length > 1 && head.some((title, index) => longestWord(title) > (widths[index] ?? 0))) {
    return tableOf(
      head.slice(0, 1),
      rows.map((row) => [stackedRow(head, row)]),
      columns,
    );
  }
  const colWidths = widths.map((width) => width + PADDING);
  const plain = { head: [], border: [] };
  const table = new Table({ head: [], colWidths, wordWrap: true, wrapOnWordBoundary: false, style: plain });
  const fitted = [head, ...rows].map((row) =>
    row.map((cell, index) => wrappedLines(cell, widths[index] ?? cell.length).join('\n')),
  );
  table.push(...fitted);
  return `${table.toString()}\n`;
}

/** What a row says under its titles, line by line; what says nothing is left out. */
function stackedRow(head: readonly string[], [first = '', ...rest]: readonly string[]): string {
  const named = rest.map((cell, index) => [head[index + 1] ?? '', cell.replaceAll('\n', ', ')] as const);
  const said = named.filter(([, cell]) => cell !== '' && cell !== NOTHING);
  return [first, ...said.map(([title, cell]) => `${title}: ${cell}`)].join('\n');
}

/** Wide enough for every word where there is room for that, and then for as much of the lines as there is room for. */
function columnWidths(head: readonly string[], rows: readonly (readonly string[])[], room: number): readonly number[] {
  const widest = (of: (cell: string) => number): readonly number[] =>
    head.map((title, index) => Math.max(of(title), ...rows.map((row) => of(row[index] ?? ''))));
  const wanted = widest(longestLine);
  const words = widest(longestWord);
  const left = room - words.reduce((sum, width) => sum + width, 0);
  if (left < 0) return sharedWidths(wanted, room);
  const more = sharedWidths(
    wanted.map((wish, index) => wish - (words[index] ?? 0)),
    left,
    0,
  );
  return words.map((width, index) => width + (more[index] ?? 0));
}

const longestOf = (parts: readonly string[]): number => Math.max(...parts.map((part) => part.length));
const longestLine = (cell: string): number => longestOf(cell.split('\n'));
export const longestWord = (cell: string): number => longestOf(cell.split(/[ \n]/));

/** The lines of a text that is `width` wide: broken between words, and inside one only where it alone is too long. */
export function wrappedLines(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((given) => {
    const lines: string[] = [];
    let line = '';
    for (const word of given.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (longer.length <= width) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      for (line = word; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
    }
    return [...lines, line];
  });
}

/** Narrow columns get the width they want; the wide ones share what is left evenly, and get `least` in any case. */
export function sharedWidths(wanted: readonly number[], room: number, least = 1): readonly number[] {
  const widths = wanted.map(() => 0);
  let left = room;
  const byWish = wanted.map((wish, index) => ({ wish, index })).toSorted((a, b) => a.wish - b.wish);
  byWish.forEach(({ wish, index }, place) => {
    const width = Math.min(wish, Math.max(least, Math.floor(left / (byWish.length - place))));
    widths[index] = width;
    left -= width;
  });
  return widths;
}
