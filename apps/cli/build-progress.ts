import { Presets, SingleBar } from 'cli-progress';

const LINE_EVERY_MS = 5_000;

/** How far a build of a view or other long work is, on stderr: a bar on a terminal, else a line now and then. */
export class BuildProgress {
  readonly #bar: SingleBar | undefined;
  #lastLine: number;

  constructor(
    private readonly out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
    private readonly clock: () => number,
    private readonly unit = 'events',
  ) {
    this.#lastLine = clock();
    if (!out.isTTY) return;
    const format = `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted} left`;
    const stream = out as NodeJS.WriteStream;
    this.#bar = new SingleBar({ format, stream, hideCursor: false, fps: 8 }, Presets.shades_classic);
    this.#bar.start(1, 0);
  }

  show(done: number, total: number): void {
    if (this.#bar) {
      this.#bar.setTotal(Math.max(1, total));
      this.#bar.update(done);
      return;
    }
    const now = this.clock();
    if (now - this.#lastLine < LINE_EVERY_MS) return;
    this.#lastLine = now;
    this.out.write(`${done} of ${total} ${this.unit}\n`);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
