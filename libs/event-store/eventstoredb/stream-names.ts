import { assertStreamName, isStreamName } from '../encoded-append.js';

/**
 * The kinds of streams that Baton has. A server holds other streams too (its own, `$…`, and perhaps another program's):
 * only these are read from `$all`, and for that very reason an append to any other is refused, so that nothing is
 * written which would never be followed.
 */
export const STREAM_CATEGORIES: readonly string[] = [
  'lead',
  'contact',
  'team',
  'policy',
  'agreement',
  'projection',
  'log',
  'relay',
];

/** Between the port's names (`lead-…`) and those on the server: the same, or behind a namespace (`north.lead-…`). */
export class StreamNames {
  readonly #prefix: string;
  readonly #categories: ReadonlySet<string>;

  /** @throws TypeError for a namespace that is not 1 to 40 lower-case letters and digits */
  constructor(namespace?: string, categories: readonly string[] = STREAM_CATEGORIES) {
    if (namespace !== undefined && !/^[a-z0-9]{1,40}$/.test(namespace))
      throw new TypeError('the namespace of the event store must be 1 to 40 lower-case letters or digits');
    this.#prefix = namespace === undefined ? '' : `${namespace}.`;
    this.#categories = new Set(categories);
  }

  /** @throws TypeError for a name that is not `category-id` of a known category */
  stored(stream: string): string {
    assertStreamName(stream);
    const category = categoryOf(stream);
    if (!this.#categories.has(category))
      throw new TypeError(`no stream of the category ${category} is followed: name it in STREAM_CATEGORIES`);
    return this.#prefix + stream;
  }

  /** The port's name, or undefined where the stream is the server's or another program's. */
  ours(stored: string): string | undefined {
    if (!stored.startsWith(this.#prefix)) return undefined;
    const stream = stored.slice(this.#prefix.length);
    return this.#categories.has(categoryOf(stream)) && isStreamName(stream) ? stream : undefined;
  }
}

const categoryOf = (stream: string): string => stream.slice(0, Math.max(0, stream.indexOf('-')));
