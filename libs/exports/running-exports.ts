/** An export reads for minutes: a few at a time, so that commands and views keep most of the thread. */
export class RunningExports {
  #running = 0;

  constructor(private readonly most: number = 4) {}

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
