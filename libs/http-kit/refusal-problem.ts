import type { Refusal } from '../decider/decision.js';
import { pointerOfField } from './json-pointer.js';
import { forbidden, notFound, ProblemException } from './problem-exception.js';
import { problem } from './problem.js';

/** The one mapping from a refusal of the domain to what HTTP answers. */
export function problemOfRefusal(refusal: Refusal): ProblemException {
  switch (refusal.code) {
    case 'forbidden':
      return forbidden(refusal.rule);
    case 'not-found':
      return notFound(refusal.what);
    case 'illegal-transition':
      return new ProblemException(
        problem('illegal-transition', {
          ...(refusal.rule === undefined ? {} : { detail: refusal.rule }),
          state: refusal.state,
          allowed: refusal.allowed,
        }),
      );
    case 'duplicate':
      return new ProblemException(problem('duplicate', { leadId: refusal.leadId }));
    case 'conflict':
      return new ProblemException(problem('conflict', { detail: refusal.rule }));
    case 'invalid':
      return new ProblemException(
        problem('invalid', { errors: [{ field: pointerOfField(refusal.field), rule: refusal.rule }] }),
      );
  }
}
