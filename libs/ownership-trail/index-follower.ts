import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Waiters, type WaitOptions } from '../projection-runner/waiters.js';
import { describeFault } from '../telemetry/fault-description.js';
import type { LeafIndex } from './leaf-index.js';
import type { TrailAnswers } from './trail-answers.js';

/** Looked for a new checkpoint so often, where nobody tells of it: another process may publish it. */
const LOOK_MS = 1_000;
/** Who waits for a leaf looks so often. */
const WAITING_LOOK_MS = 50;

/** Keeps the index at the log's last published checkpoint. */
export class IndexFollower {
  private readonly stopping = new AbortController();
  private readonly waiters = new Waiters();
  private work: Promise<void> = Promise.resolve();
  private lookAgain: () => void = () => undefined;
  private toldMeanwhile = false;
  private fault: string | undefined;

  constructor(
    private readonly index: LeafIndex,
    private readonly answers: Pick<TrailAnswers, 'has'>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.work = this.follow();
  }

  /** To be told of each published checkpoint, where this process publishes them. */
  published(): void {
    this.toldMeanwhile = true;
    this.lookAgain();
  }

  /** Why the index does not follow, in fixed words; undefined while it does. */
  problem(): string | undefined {
    return this.fault;
  }

  /** Whether an event is sealed and in the index, waiting for it within bounds. */
  whenIndexed(stream: string, revision: number, options: WaitOptions): Promise<boolean> {
    const look = async (): Promise<true | undefined> => (await this.answers.has(stream, revision)) || undefined;
    return this.waiters.wait({ stream, revision }, options, look, WAITING_LOOK_MS);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.lookAgain();
    this.waiters.giveUp();
    await this.work;
    await this.index.close();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.toldMeanwhile = false;
      await this.catchUp(signal);
      if (!this.toldMeanwhile && !signal.aborted) await this.untilTold();
    }
  }

  /** A fault does not end it: the log may be whole again, and the disk have room. */
  private async catchUp(signal: AbortSignal): Promise<void> {
    try {
      await this.index.catchUp(signal);
      if (this.fault !== undefined) this.logger.info('the index of the log goes on');
      this.fault = undefined;
    } catch (fault) {
      const described = describeFault(fault);
      const line = described.message ?? described.code ?? described.name;
      if (this.fault !== line) this.logger.error({ fault: described }, 'the index of the log stands still');
      this.fault = line;
    }
  }

  private async untilTold(): Promise<void> {
    const told = new AbortController();
    this.lookAgain = () => told.abort();
    await sleep(LOOK_MS, undefined, { signal: told.signal }).catch(() => undefined);
  }
}
