import type { Json } from '../decider/json.js';

/** Every kind of problem that Baton answers (RFC 9457). The slugs are part of the API: they never change. */
export const PROBLEMS = {
  malformed: { status: 400, title: 'The request is malformed' },
  unauthenticated: { status: 401, title: 'A valid bearer token is needed' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  'not-found': { status: 404, title: 'There is no such thing for this caller' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'The request conflicts with the present state' },
  duplicate: { status: 409, title: 'The lead is already known' },
  'illegal-transition': { status: 409, title: 'The lifecycle does not allow this now' },
  'precondition-failed': { status: 412, title: 'The lead has changed since it was read' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-media-type': { status: 415, title: 'Only plain application/json in UTF-8 is accepted' },
  invalid: { status: 422, title: 'The request is understood but not valid' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used with another body' },
  'precondition-required': { status: 428, title: 'If-Match is required' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The header fields are too many or too large' },
  internal: { status: 500, title: 'Something failed on our side' },
  'unknown-event': { status: 503, title: 'The history holds an event that this process does not know' },
  overloaded: { status: 503, title: 'The service cannot take this now' },
} as const;

export type ProblemSlug = keyof typeof PROBLEMS;

/** One thing that is wrong: where, and the rule it breaks. Neither repeats a value that was sent. */
export interface FieldError {
  /** JSON pointer into the body (`/rows/3/source`); elsewhere the parameter's or header's name */
  readonly field: string;
  readonly rule: string;
  /** absent: in the body */
  readonly in?: 'query' | 'path' | 'header';
}

/** The body of a refusal as `application/problem+json`; other members are extensions of its type. */
export interface Problem {
  readonly type: `urn:baton:problem:${ProblemSlug}`;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** `urn:baton:request:<request id>`, by which the log line is found */
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: Json | readonly FieldError[] | undefined;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** A problem of a kind, with what is particular to this occurrence. */
export function problem(
  slug: ProblemSlug,
  particular: {
    readonly detail?: string;
    readonly errors?: readonly FieldError[];
    readonly [extension: string]: unknown;
  } = {},
): Problem {
  const { status, title } = PROBLEMS[slug];
  return { type: `urn:baton:problem:${slug}`, title, status, ...(particular as Partial<Problem>) };
}

const SLUG_OF_STATUS = new Map<number, ProblemSlug>([
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [408, 'request-timeout'],
  [409, 'conflict'],
  [412, 'precondition-failed'],
  [413, 'body-too-large'],
  [414, 'uri-too-long'],
  [415, 'unsupported-media-type'],
  [422, 'invalid'],
  [428, 'precondition-required'],
  [429, 'rate-limited'],
  [431, 'headers-too-large'],
  [503, 'overloaded'],
]);

/** The kind of problem for a status that Fastify or Nest chose: any other 4xx is malformed, the rest internal. */
export function slugOfStatus(status: number): ProblemSlug {
  return SLUG_OF_STATUS.get(status) ?? (status >= 400 && status < 500 ? 'malformed' : 'internal');
}
