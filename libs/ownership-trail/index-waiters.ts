import { Waiters, type WaitOptions } from '../projection-runner/waiters.js';
import type { TrailAnswers } from './trail-answers.js';

/** Who waits for a leaf looks so often. */
const LOOK_MS = 50;

/** Who waits until an event is sealed and in the index, which another thread or process may write. */
export class IndexWaiters {
  private readonly waiters = new Waiters();

  constructor(private readonly answers: Pick<TrailAnswers, 'has'>) {}

  /** Whether it is there, waiting for it within bounds. */
  whenIndexed(stream: string, revision: number, options: WaitOptions): Promise<boolean> {
    const look = async (): Promise<true | undefined> => (await this.answers.has(stream, revision)) || undefined;
    return this.waiters.wait({ stream, revision }, options, look, LOOK_MS);
  }

  giveUp(): void {
    this.waiters.giveUp();
  }
}
