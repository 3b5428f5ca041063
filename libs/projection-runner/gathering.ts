/** Long enough that a batch under load is worth its transactions, too short for a person to notice. */
const GATHER_MS = 40;

/**
 * The breath between two live batches: under load events gather meanwhile, so that what each view's transaction costs
 * is shared by many. Nobody waits for it: the first event after a quiet time comes at once, and whoever asks for a
 * certain event ends it.
 */
export class Gathering {
  private readonly breaths = new Set<() => void>();
  private asking = 0;

  constructor(private readonly milliseconds: number = GATHER_MS) {}

  /** Resolves after the breath, or as soon as somebody asks or the signal is given. */
  pause(signal: AbortSignal): Promise<void> {
    if (this.asking > 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.breaths.delete(end);
        resolve();
      };
      const timer = setTimeout(end, this.milliseconds);
      signal.addEventListener('abort', end);
      this.breaths.add(end);
    });
  }

  /** Lets no breath be taken until the answer is there. */
  async without<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.asking += 1;
    for (const end of this.breaths) end();
    try {
      return await ask();
    } finally {
      this.asking -= 1;
    }
  }
}
