import { PassThrough } from 'node:stream';
import { BuildProgress } from './build-progress.js';

/** Somewhere to write that is a terminal, or is none. */
function output(isTTY: boolean) {
  const out = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  return { out: out as unknown as NodeJS.WriteStream, text: () => (out.read() as Buffer | null)?.toString() ?? '' };
}

describe('progress of a build', () => {
  it('is a bar on a terminal, and ends where the build does', () => {
    const { out, text } = output(true);
    const progress = new BuildProgress(out, () => 0);
    progress.show(50, 200);
    progress.show(200, 200);
    progress.stop();
    expect(text()).toContain('100% | 200/200 events');
  });

  it('is a line now and then elsewhere', () => {
    const { out, text } = output(false);
    let now = 0;
    const progress = new BuildProgress(out, () => now);
    progress.show(1, 10);
    now = 5_000;
    progress.show(4, 10);
    progress.show(5, 10);
    progress.stop();
    expect(text()).toBe('4 of 10 events\n');
  });
});
