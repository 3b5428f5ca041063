/** The line in front of a stream is full: try again later. */
export class LineFull extends Error {
  override name = 'LineFull';
}

/**
 * One command at a time on one stream, in the order they came; different streams do not wait for each other. The line
 * is bounded: what it cannot hold is refused at once rather than kept in memory.
 */
export class StreamLines {
  readonly #lines = new Map<string, { waiting: number; last: Promise<unknown> }>();

  constructor(private readonly mostWaiting: number) {}

  /** @throws LineFull when too many wait already */
  async run<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(stream) ?? { waiting: 0, last: Promise.resolve() };
    if (line.waiting >= this.mostWaiting)
      throw new LineFull(`more than ${this.mostWaiting} commands wait for one stream`);
    this.#lines.set(stream, line);
    line.waiting += 1;
    const turn = line.last.then(work);
    // Whoever comes next waits for this one's end, not for its success.
    line.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.#lines.delete(stream);
    }
  }
}
