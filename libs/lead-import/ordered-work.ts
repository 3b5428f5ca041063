/** Work that shares a key is done one after the other, in the order it was given; the rest at once. */
export class WorkLines {
  readonly #last = new Map<string, Promise<unknown>>();

  run<Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const before = keys.flatMap((key) => this.#last.get(key) ?? []);
    const mine = Promise.allSettled(before).then(work);
    keys.forEach((key) => this.#last.set(key, mine));
    const leave = (): void => keys.forEach((key) => this.#last.get(key) === mine && this.#last.delete(key));
    mine.then(leave, leave);
    return mine;
  }
}

/** The results in the order of the source, with at most `atOnce` begun and not yet handed out. */
export async function* inOrder<Item, Result>(
  source: AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  for await (const item of source) {
    const one = work(item);
    // Its fault is thrown when its turn comes, which may be after another's ended the import.
    one.catch(() => undefined);
    begun.push(one);
    if (begun.length < atOnce) continue;
    const first = begun.shift();
    if (first) yield await first;
  }
  for (const one of begun) yield await one;
}
