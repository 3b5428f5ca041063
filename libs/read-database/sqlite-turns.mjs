/** Who has the one connection that writes: one at a time, in the order in which they asked. */
export class Turns {
  /** @type {Promise<void>} */
  #last = Promise.resolve();

  /**
   * Resolves when it is the caller's turn.
   *
   * @returns {Promise<() => void>} to be called when the turn is over
   */
  async take() {
    const before = this.#last;
    /** @type {() => void} */
    let giveBack = () => undefined;
    this.#last = new Promise((resolve) => (giveBack = resolve));
    await before;
    return giveBack;
  }
}
