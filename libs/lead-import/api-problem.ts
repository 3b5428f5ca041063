import type { JsonObject } from '../decider/json.js';
import { ApiFault, type ApiAnswer, type ApiProblem } from './baton-api.js';

interface ProblemBody {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly state?: string;
  readonly leadId?: string;
  readonly errors?: readonly { readonly field: string; readonly rule: string }[];
}

/** What of an RFC 9457 problem is shown. */
export function apiProblem(status: number, body: JsonObject): ApiProblem {
  const { type, title = `status ${status}`, detail, state, leadId, errors = [] } = body as ProblemBody;
  const rules = errors.map(({ field, rule }) => `${field} ${rule}`);
  const said = rules.length > 0 ? rules.join(', ') : (detail ?? title);
  return {
    slug: type?.split(':').at(-1) ?? `status-${status}`,
    detail: state === undefined ? said : `${said} (state ${state})`,
    ...(leadId === undefined ? {} : { leadId }),
  };
}

/** @throws ApiFault where no other request would fare better: the token is not for this */
export function refusedBy(problem: ApiProblem): ApiAnswer {
  if (problem.slug === 'forbidden') throw new ApiFault('forbidden', `the token is not for this: ${problem.detail}`);
  return { ok: false, problem };
}
