import { StoreOverloaded } from '../event-store.js';

export interface TurnstileLimits {
  /** calls under way at once: fewer than a connection carries, so that a time-out never counts waiting for it */
  readonly atOnce: number;
  readonly mostWaiting: number;
  readonly mostBytes: number;
}

/** Lets so many through at once, the others wait in order, and beyond the limits none may wait. */
export class Turnstile {
  readonly #queue: (() => void)[] = [];
  #inside = 0;
  #bytes = 0;

  constructor(private readonly limits: TurnstileLimits) {}

  /** Inside and waiting. */
  get waiting(): { readonly appends: number; readonly bytes: number } {
    return { appends: this.#inside + this.#queue.length, bytes: this.#bytes };
  }

  /** @throws StoreOverloaded before anything is done, when too much waits already */
  async pass<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    const { atOnce, mostWaiting, mostBytes } = this.limits;
    const count = this.#inside + this.#queue.length;
    if (count > 0 && (count >= mostWaiting || this.#bytes + bytes > mostBytes))
      throw new StoreOverloaded(`overloaded: ${count} calls (${this.#bytes} bytes) wait for the event store`);
    this.#bytes += bytes;
    if (this.#inside >= atOnce) await new Promise<void>((enter) => this.#queue.push(enter));
    else this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#bytes -= bytes;
      const next = this.#queue.shift();
      // Who goes in takes the place of who comes out.
      if (next) next();
      else this.#inside -= 1;
    }
  }
}
