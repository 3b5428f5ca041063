import { type FieldError, problem, type Problem } from './problem.js';

/**
 * A refusal on its way out of a hook, pipe or controller: throwing is Nest's only short way to an answer. The domain's
 * refusals stay values until `problemOfRefusal`.
 */
export class ProblemException extends Error {
  override name = 'ProblemException';
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
    /** the fault behind the refusal, where there is one: it is logged, never sent */
    cause?: unknown,
  ) {
    super(problem.type, { cause });
  }
}

/** 400 that names each field and the rule it breaks. */
export const malformed = (...errors: readonly FieldError[]): ProblemException =>
  new ProblemException(problem('malformed', { errors }));

/** 403 with the rule in plain words. */
export const forbidden = (rule: string): ProblemException =>
  new ProblemException(problem('forbidden', { detail: rule }));

/** 404, also for what belongs to another team: the two must not be told apart. */
export const notFound = (what: string): ProblemException =>
  new ProblemException(problem('not-found', { detail: `There is no such ${what}.` }));

/** 401 as RFC 6750 asks. `rule` is a fixed sentence of ours (no quotes, never part of the token). */
export const unauthenticated = (rule?: string): ProblemException =>
  new ProblemException(problem('unauthenticated', rule === undefined ? {} : { detail: rule }), {
    'www-authenticate':
      rule === undefined
        ? 'Bearer realm="baton"'
        : `Bearer realm="baton", error="invalid_token", error_description="${rule}"`,
  });

/** 429; `seconds` until it is worth trying again. */
export const rateLimited = (seconds: number): ProblemException =>
  new ProblemException(problem('rate-limited'), { 'retry-after': String(seconds) });

/** 412 with the revision that the caller has not seen, as the ETag; without it where the caller may not know it. */
export const preconditionFailed = (currentEntityTag?: string): ProblemException =>
  new ProblemException(
    problem('precondition-failed'),
    currentEntityTag === undefined ? {} : { etag: currentEntityTag },
  );

/** 428: this command binds the caller to the state it has seen. */
export const preconditionRequired = (): ProblemException =>
  new ProblemException(
    problem('precondition-required', {
      errors: [{ in: 'header', field: 'If-Match', rule: 'must name the revision that was read' }],
    }),
  );

/** 422: the same client used the key before, with another body. */
export const idempotencyKeyReused = (): ProblemException =>
  new ProblemException(
    problem('idempotency-key-reused', {
      errors: [{ in: 'header', field: 'Idempotency-Key', rule: 'must not be used again with another body' }],
    }),
  );

/** 503; `seconds` until it is worth trying again, `cause` the fault behind it where there is one. */
export const overloaded = (seconds: number, detail?: string, cause?: unknown): ProblemException =>
  new ProblemException(
    problem('overloaded', detail === undefined ? {} : { detail }),
    { 'retry-after': String(seconds) },
    cause,
  );

/** 503: a newer program wrote what this one cannot read; `seconds` until it is worth trying again. */
export const unknownEvent = (seconds: number, cause: unknown): ProblemException =>
  new ProblemException(problem('unknown-event'), { 'retry-after': String(seconds) }, cause);
