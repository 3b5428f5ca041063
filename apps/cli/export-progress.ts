import { Presets, SingleBar } from 'cli-progress';
import type { DatasetName, ExportRange } from '../../libs/exports/dataset.js';
import type { ExportRow } from '../../libs/exports/export-column.js';

const LINE_EVERY_MS = 5_000;
const WHOLE = 100;

/**
 * How far an export is, on stderr: a bar on a terminal, else a line now and then. How many rows there are nobody has
 * counted; the bar goes by how far the last one has come in the order of the rows.
 */
export class ExportProgress {
  readonly #bar: SingleBar | undefined;
  readonly #begun: number;
  readonly #reached: (row: ExportRow) => number;
  #rows = 0;
  #lastLine: number;

  constructor(
    dataset: DatasetName,
    range: ExportRange,
    private readonly out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
    private readonly clock: () => number,
  ) {
    this.#begun = this.#lastLine = clock();
    const end = Math.min(range.to === undefined ? Infinity : Date.parse(range.to), this.#begun);
    this.#reached = REACHED[dataset](end);
    if (!out.isTTY) return;
    const format = '{bar} {percentage}% | {rows} rows | {rate} rows/s';
    const stream = out as NodeJS.WriteStream;
    this.#bar = new SingleBar({ format, stream, hideCursor: false, fps: 8 }, Presets.shades_classic);
    this.#bar.start(WHOLE, 0, { rows: 0, rate: 0 });
  }

  get rows(): number {
    return this.#rows;
  }

  /** Rows written since the last call, in their order. */
  add(rows: readonly ExportRow[]): void {
    const last = rows.at(-1);
    if (!last) return;
    this.#rows += rows.length;
    const now = this.clock();
    if (this.#bar) {
      const rate = Math.round((this.#rows * 1_000) / Math.max(1, now - this.#begun));
      this.#bar.update(Math.floor(WHOLE * this.#reached(last)), { rows: this.#rows, rate });
    } else if (now - this.#lastLine >= LINE_EVERY_MS) {
      this.#lastLine = now;
      this.out.write(`${this.#rows} rows\n`);
    }
  }

  stop(): void {
    this.#bar?.stop();
  }
}

/** The part of the way, 0 to 1, that lies before a row. */
const REACHED: Readonly<Record<DatasetName, (end: number) => (row: ExportRow) => number>> = {
  events: (end) => byTime('recorded_at', end),
  leads: (end) => byTime('created_at', end),
  intervals: () => byId,
};

/** From the first row's time to the end of the range. */
function byTime(column: string, end: number): (row: ExportRow) => number {
  let begin: number | undefined;
  return (row) => {
    const time = Date.parse(String(row[column]));
    begin ??= time;
    return end > begin ? Math.min(1, (time - begin) / (end - begin)) : 1;
  };
}

/** Ids are as good as random, so their first digits are evenly spread. */
const byId = ({ lead }: ExportRow): number => parseInt(String(lead).slice(0, 8), 16) / 2 ** 32;
