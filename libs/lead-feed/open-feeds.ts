/** How many feeds are open, in all and for each caller: each holds a connection and reads on its own. */
export class OpenFeeds {
  readonly #of = new Map<string, number>();
  #all = 0;

  constructor(private readonly most: { readonly perCaller: number; readonly inAll: number }) {}

  get count(): number {
    return this.#all;
  }

  /** A further one, to be closed by the function; or why there may be none. */
  open(caller: string): (() => void) | 'too many of the caller' | 'too many' {
    const own = this.#of.get(caller) ?? 0;
    if (own >= this.most.perCaller) return 'too many of the caller';
    if (this.#all >= this.most.inAll) return 'too many';
    this.#of.set(caller, own + 1);
    this.#all += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#all -= 1;
      const left = (this.#of.get(caller) ?? 1) - 1;
      if (left === 0) this.#of.delete(caller);
      else this.#of.set(caller, left);
    };
  }
}
