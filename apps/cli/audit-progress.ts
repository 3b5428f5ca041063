import { Presets, SingleBar } from 'cli-progress';

const LINE_EVERY_MS = 5_000;

/** How far a check is, on stderr: a bar on a terminal, else a line now and then. */
export class AuditProgress {
  #bar: SingleBar | undefined;
  #lastLine: number;

  constructor(
    private readonly out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
    private readonly clock: () => number,
  ) {
    this.#lastLine = clock();
  }

  reached(leaves: number, size: number): void {
    if (this.out.isTTY) {
      this.#bar ??= this.#startBar(size);
      this.#bar.update(leaves);
    } else if (this.clock() - this.#lastLine >= LINE_EVERY_MS) {
      this.#lastLine = this.clock();
      this.out.write(`${leaves} of ${size} leaves\n`);
    }
  }

  stop(): void {
    this.#bar?.stop();
  }

  #startBar(size: number): SingleBar {
    const format = '{bar} {percentage}% | {value} of {total} leaves | {eta_formatted} left';
    const bar = new SingleBar({ format, stream: this.out as NodeJS.WriteStream, fps: 8 }, Presets.shades_classic);
    bar.start(size, 0);
    return bar;
  }
}
