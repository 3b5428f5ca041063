import { Presets, SingleBar } from 'cli-progress';

const LINE_EVERY_MS = 5_000;
const BYTES_PER_KB = 1_000;
const BYTES_PER_MB = 1_000_000;

/** `12.3 MB`, of little `4 kB`. */
export const sizeOf = (bytes: number): string =>
  bytes < BYTES_PER_MB ? `${Math.ceil(bytes / BYTES_PER_KB)} kB` : `${(bytes / BYTES_PER_MB).toFixed(1)} MB`;

/** `1 row`, `12000 rows`. */
export const rowsText = (rows: number): string => `${rows} ${rows === 1 ? 'row' : 'rows'}`;

/**
 * How far an export is, on stderr: on a terminal a line that changes, else one now and then. How much there will be
 * nobody has counted.
 */
export class ExportProgress {
  readonly #line: SingleBar | undefined;
  readonly #begun: number;
  #bytes = 0;
  #rows = 0;
  #lastLine: number;

  constructor(
    private readonly out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
    private readonly clock: () => number,
  ) {
    this.#begun = this.#lastLine = clock();
    if (!out.isTTY) return;
    const stream = out as NodeJS.WriteStream;
    this.#line = new SingleBar({ format: '{done} | {rate}/s', stream, hideCursor: false, fps: 8 }, Presets.legacy);
    this.#line.start(1, 0, this.#shown(this.#begun));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that came since the last call, and all rows so far. */
  add(bytes: number, rows: number): void {
    this.#bytes += bytes;
    this.#rows = rows;
    const now = this.clock();
    if (this.#line) {
      this.#line.update(0, this.#shown(now));
    } else if (now - this.#lastLine >= LINE_EVERY_MS) {
      this.#lastLine = now;
      this.out.write(`${this.#done()}\n`);
    }
  }

  stop(): void {
    this.#line?.stop();
  }

  #shown(now: number) {
    const rate = (this.#bytes * 1_000) / Math.max(1, now - this.#begun);
    return { done: this.#done(), rate: sizeOf(rate) };
  }

  #done(): string {
    return `${rowsText(this.#rows)}, ${sizeOf(this.#bytes)}`;
  }
}
