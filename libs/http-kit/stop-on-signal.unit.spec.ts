import { EventEmitter } from 'node:events';
import { createLogger } from '../telemetry/logger.js';
import { stopOnSignal } from './stop-on-signal.js';

const logger = createLogger('test', 'silent');

/** A process that tells how it was left. */
class Process extends EventEmitter {
  #leave: (code: number) => void = () => undefined;
  readonly left = new Promise<number>((resolve) => (this.#leave = resolve));
  exit(code: number): void {
    this.#leave(code);
  }
}

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'])('%s stops once and leaves with 0', async (signal) => {
    const process = new Process();
    let stops = 0;
    stopOnSignal(async () => void stops++, process, logger);
    process.emit(signal, signal);
    process.emit(signal, signal);
    expect(await process.left).toBe(0);
    expect(stops).toBe(1);
  });

  it('leaves with 1 when stopping fails', async () => {
    const process = new Process();
    stopOnSignal(() => Promise.reject(new Error('no')), process, logger);
    process.emit('SIGTERM', 'SIGTERM');
    expect(await process.left).toBe(1);
  });
});
