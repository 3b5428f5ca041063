import { setTimeout as sleep } from 'node:timers/promises';
import { describeFault } from '../telemetry/fault-description.js';
import type { LeafIndex } from './leaf-index.js';
import type { TrailObservation } from './trail-status.js';

/** Looked for a new checkpoint so often, where nobody tells of it: another process may publish it. */
const LOOK_MS = 1_000;

/** Keeps the index at the log's last published checkpoint. */
export class IndexFollower {
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();
  private lookAgain: () => void = () => undefined;
  private toldMeanwhile = false;
  private standsStillBy: string | undefined;

  constructor(
    private readonly index: LeafIndex,
    private readonly observe: (seen: TrailObservation) => void,
  ) {}

  start(): void {
    this.work = this.follow();
  }

  /** To be told of each published checkpoint, where this thread publishes them. */
  published(): void {
    this.toldMeanwhile = true;
    this.lookAgain();
  }

  /** Why the index does not follow, in fixed words; undefined while it does. */
  get fault(): string | undefined {
    return this.standsStillBy;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.lookAgain();
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
      if (this.standsStillBy !== undefined) this.observe({ kind: 'index-goes-on' });
      this.standsStillBy = undefined;
    } catch (error) {
      const fault = describeFault(error);
      const line = fault.message ?? fault.code ?? fault.name;
      if (this.standsStillBy !== line) this.observe({ kind: 'index-stands-still', fault });
      this.standsStillBy = line;
    }
  }

  private async untilTold(): Promise<void> {
    const told = new AbortController();
    this.lookAgain = () => told.abort();
    await sleep(LOOK_MS, undefined, { signal: told.signal }).catch(() => undefined);
  }
}
