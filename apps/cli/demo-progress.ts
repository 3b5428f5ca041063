import { Presets, SingleBar } from 'cli-progress';

const STEPS = 1_000;

/** How far the quarter is, on stderr: a bar on a terminal, else nothing but its end. */
export class DemoProgress {
  readonly #bar: SingleBar | undefined;

  constructor(
    private readonly out: NodeJS.WriteStream,
    private readonly from: number,
    private readonly until: number,
  ) {
    if (!out.isTTY) return;
    const format = '{bar} {percentage}% | {day} | {events} | {eta_formatted} left';
    this.#bar = new SingleBar({ format, stream: out, hideCursor: false, fps: 8 }, Presets.shades_classic);
    this.#bar.start(STEPS, 0, { day: '', events: 'playing' });
  }

  /** @param at ms since the epoch, in the played time */
  reached(at: number): void {
    const share = (at - this.from) / (this.until - this.from);
    this.#bar?.update(Math.floor(share * STEPS), { day: new Date(at).toISOString().slice(0, 10) });
  }

  written(events: number): void {
    this.#bar?.update(STEPS, { events: `${events} events written` });
  }

  stop(): void {
    this.#bar?.stop();
    if (!this.#bar) this.out.write('done\n');
  }
}
