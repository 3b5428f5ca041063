/**
 * An export reads for minutes, and one that makes Parquet has a thread of some 50 MB: two at a time, so that commands and
 * views keep most of the cores and the process its size.
 */
export class RunningExports {
  #running = 0;

  constructor(private readonly most: number = 2) {}

  /** Whether there was room for one more. Whoever got it calls `end`, once. */
  begin(): boolean {
    if (this.#running >= this.most) return false;
    this.#running += 1;
    return true;
  }

  end(): void {
    this.#running -= 1;
  }
}
