import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { malformed } from './problem-exception.js';

/** Where a page ended: the sort key of its last row. Not signed: it must open nothing that the query does not. */
export type CursorValue = string | number;

interface ValueOf {
  string: string;
  number: number;
}
type CursorShape = readonly (keyof ValueOf)[];
type CursorOf<Shape extends CursorShape> = { -readonly [Index in keyof Shape]: ValueOf[Shape[Index]] };

export const MOST_CURSOR_LENGTH = 1_024;
/** What may change from one page to the next: all else is the list's filter and sort. */
const OF_THE_PAGE = ['cursor', 'limit', 'after'];
const DIGEST_LENGTH = 12;

/** The cursors of the list that a request asks for: a path with a filter and a sort. No other list takes them. */
export class PageCursors {
  readonly #list: string;
  readonly #given: string | undefined;

  /** @param url path and query, as they were sent */
  constructor(url: string) {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const rest = [...searchParams].filter(([name]) => !OF_THE_PAGE.includes(name)).sort();
    const asked = JSON.stringify([pathname, ...rest]);
    this.#list = createHash('sha256').update(asked).digest('base64url').slice(0, DIGEST_LENGTH);
    this.#given = searchParams.get('cursor') ?? undefined;
  }

  /**
   * Where the page before ended, each value of the type that the query's shape names: `after(['string', 'number'])`;
   * undefined for the first page.
   *
   * @throws ProblemException 400 for a cursor of another list, and for what `next` could not have made with this shape
   */
  after<const Shape extends CursorShape>(shape: Shape): CursorOf<Shape> | undefined {
    if (this.#given === undefined) return undefined;
    const [list, ...values] = parse(this.#given);
    const hasShape = values.length === shape.length && values.every((value, at) => typeof value === shape[at]);
    if (typeof list !== 'string' || !hasShape || encode(list, values as CursorValue[]) !== this.#given)
      throw refused('must be a cursor from an earlier page of the same query');
    if (list !== this.#list) throw refused('was given for another list, filter or sort: ask for its first page');
    return values as CursorOf<Shape>;
  }

  /** The cursor of the next page, as answers have it; nothing after the last. */
  next(ended: readonly CursorValue[] | undefined): { readonly next?: string } {
    return ended === undefined ? {} : { next: encode(this.#list, ended) };
  }
}

/** Parameter decorator: the `PageCursors` of this request. */
export const Cursors = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    new PageCursors(context.switchToHttp().getRequest<FastifyRequest>().originalUrl),
);

/** base64url of a JSON array: opaque to callers, so that its content may change. */
const encode = (list: string, values: readonly CursorValue[]): string =>
  Buffer.from(JSON.stringify([list, ...values])).toString('base64url');

const refused = (rule: string) => malformed({ in: 'query', field: 'cursor', rule });

function parse(text: string): readonly unknown[] {
  if (text.length > MOST_CURSOR_LENGTH) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
