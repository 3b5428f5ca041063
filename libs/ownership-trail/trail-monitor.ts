import type { EventStore, Position } from '../event-store/event-store.js';
import { LogComparison } from './compare-store.js';
import type { StoreReading } from './store-follower.js';
import { TrailFolder } from './trail-folder.js';
import type { TrailAlarm } from './trail-status.js';

export type MonitoredStore = StoreReading & Pick<EventStore, 'head' | 'comparePositions'>;

/** How far the log is: what it was sealed up to is the sealer's, not the files' word. */
export interface SealedSoFar {
  readonly size: number;
  readonly position: Position | undefined;
}

/** Bundles of 256 leaves that are compared at a time. */
const BUNDLES = 8;

/**
 * Holds store and log against each other again and again, a part at a time so that it costs little; that the store still
 * has what was sealed last is looked at each time.
 */
export class TrailMonitor {
  #comparison: LogComparison | undefined;

  readonly #log: TrailFolder;

  constructor(
    private readonly store: MonitoredStore,
    folder: string,
  ) {
    this.#log = new TrailFolder(folder);
  }

  /**
   * Compares the next part.
   *
   * @returns what is wrong, or how many leaves were found right when a whole pass is done
   */
  async look({ size, position }: SealedSoFar): Promise<{ readonly alarm?: TrailAlarm; readonly passed?: number }> {
    if (position !== undefined && !(await this.#has(position)))
      return { alarm: { rule: 'the event store ends before the last sealed event', index: size - 1 } };
    this.#comparison ??= new LogComparison(this.#log, size, this.store);
    for (let bundle = 0; bundle < BUNDLES && !this.#comparison.isDone; bundle += 1) {
      const difference = await this.#comparison.step();
      if (difference === undefined) continue;
      this.#comparison = undefined;
      return { alarm: difference };
    }
    if (!this.#comparison.isDone) return {};
    const passed = this.#comparison.leaves;
    this.#comparison = undefined;
    return { passed };
  }

  async #has(position: Position): Promise<boolean> {
    const head = await this.store.head();
    return head !== undefined && this.store.comparePositions(position, head) <= 0;
  }
}
