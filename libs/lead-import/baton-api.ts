import type { JsonObject } from '../decider/json.js';

/** What a refusal tells, as far as it may be shown: slugs, rules and field names, never what was sent. */
export interface ApiProblem {
  /** the last part of the problem's type, such as `duplicate` */
  readonly slug: string;
  /** one sentence */
  readonly detail: string;
  /** of a duplicate */
  readonly leadId?: string;
}

export type ApiAnswer =
  { readonly ok: true; readonly body: JsonObject } | { readonly ok: false; readonly problem: ApiProblem };

/** Baton over HTTP. Faults on the way are tried again behind this: every command can be repeated. */
export interface BatonApi {
  /** @throws ApiFault when no answer can be had, or the caller is not let in */
  post(path: string, body: object, idempotencyKey: string): Promise<ApiAnswer>;
  /** @throws ApiFault when no answer can be had, or the caller is not let in */
  get(path: string): Promise<ApiAnswer>;
}

/** Ends what is being done: the next request would fare no better. */
export class ApiFault extends Error {
  override name = 'ApiFault';
  constructor(
    readonly kind: 'unreachable' | 'unauthenticated' | 'forbidden',
    message: string,
  ) {
    super(message);
  }
}
