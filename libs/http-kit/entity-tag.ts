import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { malformed } from './problem-exception.js';
import { singleHeader } from './single-header.js';

const HEADER = 'If-Match';
const REVISION_TAG = /^"(0|[1-9]\d{0,14})"$/;
const MOST_TAGS = 20;

/** What If-Match asks for: any existing state, or one of these revisions. */
export type RevisionCondition = '*' | readonly number[];

/** The strong entity tag of a stream's revision: 12 → `"12"`. */
export const entityTagOf = (revision: number): string => `"${revision}"`;

/**
 * Reads `"12"`, `"12", "13"` or `*`. Weak tags are refused: RFC 9110 lets If-Match compare strongly only.
 *
 * @throws ProblemException 400 naming the header
 */
export function parseIfMatch(header: string | undefined): RevisionCondition | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  const tags = header.split(',', MOST_TAGS + 1).map((tag) => REVISION_TAG.exec(tag.trim())?.[1]);
  if (tags.length > MOST_TAGS || tags.includes(undefined)) {
    throw malformed({ in: 'header', field: HEADER, rule: `must be *, or 1 to ${MOST_TAGS} strong tags such as "12"` });
  }
  return tags.map(Number);
}

/** Whether a stream at this revision (`undefined`: it has no event) is what the caller has seen. */
export const satisfies = (revision: number | undefined, condition: RevisionCondition): boolean =>
  revision !== undefined && (condition === '*' || condition.includes(revision));

/** Parameter decorator: the `RevisionCondition` of If-Match, or undefined where there is none. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseIfMatch(singleHeader(context.switchToHttp().getRequest<FastifyRequest>().raw, HEADER)),
);
