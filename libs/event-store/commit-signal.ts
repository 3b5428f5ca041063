/** Wakes the subscriptions of a store when something was committed, so that none of them has to poll. */
export class CommitSignal {
  private readonly waiting = new Set<{ wake: () => void; fail: (fault: Error) => void }>();
  private broken: Error | undefined;

  /** To be called after the commit is visible to readers. */
  committed(): void {
    for (const waiter of this.waiting) waiter.wake();
    this.waiting.clear();
  }

  /** The store will commit no more: all who wait, now or later, are told so. */
  fail(fault: Error): void {
    this.broken ??= fault;
    for (const waiter of this.waiting) waiter.fail(fault);
    this.waiting.clear();
  }

  /**
   * Until the next commit or the abort of the signal, whichever is first. Nothing is missed when this is called in
   * the same turn of the event loop as the read that found nothing.
   *
   * @throws the store's fault when it is closed or broken
   */
  next(signal: AbortSignal): Promise<void> {
    if (this.broken !== undefined) return Promise.reject(this.broken);
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        this.waiting.delete(waiter);
        then();
      };
      const waiter = { wake: () => settle(resolve), fail: (fault: Error) => settle(() => reject(fault)) };
      const onAbort = (): void => settle(resolve);
      signal.addEventListener('abort', onAbort);
      this.waiting.add(waiter);
    });
  }
}
