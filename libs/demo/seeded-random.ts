/**
 * Chance that repeats: the same seed gives the same choices (mulberry32, public domain, by Tommy Ettinger). For stories
 * only, never for keys.
 */
export class SeededRandom {
  #state: number;
  readonly #seen = new Set<string>();

  /** @param seed its lower 32 bits count */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** from 0, below 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** a whole number, both bounds included */
  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** What happens rarely happens the first time it can, so that a small story has it too. */
  rarely(what: string, probability: number): boolean {
    const drawn = this.chance(probability);
    if (this.#seen.has(what)) return drawn;
    this.#seen.add(what);
    return true;
  }

  /** @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.next() * list.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let rest = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    const found = entries.find(([, weight]) => (rest -= weight) < 0) ?? entries[0];
    if (found === undefined) throw new RangeError('nothing to pick from');
    return found[0];
  }
}
