import { Presets, SingleBar } from 'cli-progress';
import type { Tally } from '../../libs/lead-import/verdict.js';

const LINE_EVERY_MS = 5_000;

/** How far an import is, on stderr: a bar on a terminal, else a line now and then. */
export class ImportProgress {
  readonly #bar: SingleBar | undefined;
  #lastLine: number;

  constructor(
    private readonly rows: number,
    private readonly out: NodeJS.WriteStream,
    private readonly clock: () => number,
  ) {
    this.#lastLine = clock();
    if (!out.isTTY) return;
    const format = '{bar} {percentage}% | {value}/{total} rows | {tally} | {eta_formatted} left';
    this.#bar = new SingleBar({ format, stream: out, hideCursor: false, fps: 8 }, Presets.shades_classic);
    this.#bar.start(rows, 0, { tally: '' });
  }

  show(tally: Tally): void {
    if (this.#bar) {
      this.#bar.update(tally.rows, { tally: `${tally.of('refused')} refused, ${tally.odd} odd` });
      return;
    }
    const now = this.clock();
    if (now - this.#lastLine < LINE_EVERY_MS) return;
    this.#lastLine = now;
    this.out.write(`${tally.rows} of ${this.rows} rows\n`);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
