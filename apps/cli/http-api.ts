import type { JsonObject } from '../../libs/decider/json.js';
import { apiProblem, refusedBy } from '../../libs/lead-import/api-problem.js';
import { ApiFault, type ApiAnswer, type ApiProblem, type BatonApi } from '../../libs/lead-import/baton-api.js';

const TRIES = 7;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const ANSWER_WITHIN_MS = 30_000;
/** Overload and faults of the server: whether it was done is not known, so the same command is sent again. */
const TRY_AGAIN = [408, 429, 500, 502, 503, 504];

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type StreamAnswer =
  | { readonly ok: true; readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> }
  | { readonly ok: false; readonly problem: ApiProblem };

/** Baton over HTTP with one token; connections are kept open. */
export class HttpApi implements BatonApi {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  post(path: string, body: object, idempotencyKey: string): Promise<ApiAnswer> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
    return this.#send({ method: 'POST', path, headers, body: JSON.stringify(body) });
  }

  get(path: string): Promise<ApiAnswer> {
    return this.#send({ method: 'GET', path, headers: {} });
  }

  /**
   * A long answer as it comes, for as long as it takes. It is not tried again: what was read of it cannot be taken back.
   *
   * @throws ApiFault
   */
  async stream(path: string): Promise<StreamAnswer> {
    const headers = { authorization: `Bearer ${this.token}` };
    const response = await fetch(this.url + path, { headers }).catch(() => undefined);
    if (!response) throw new ApiFault('unreachable', `GET ${path}: no answer`);
    if (response.ok && response.body) return { ok: true, chunks: response.body };
    const answer = answerOf(response, await bodyOf(response));
    return answer.ok ? { ok: true, chunks: [] } : answer;
  }

  async #send(request: Request): Promise<ApiAnswer> {
    let last = 'no answer';
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const response = await this.#once(request);
      if (response && !TRY_AGAIN.includes(response.status)) return answerOf(response, await bodyOf(response));
      last = response ? `status ${response.status}` : 'no answer';
      await response?.body?.cancel();
      if (attempt < TRIES - 1) await pause(pauseAfter(response, attempt));
    }
    throw new ApiFault('unreachable', `${request.method} ${request.path}: ${last}, tried ${TRIES} times`);
  }

  async #once({ method, path, headers, body }: Request): Promise<Response | undefined> {
    try {
      return await fetch(this.url + path, {
        method,
        headers: { ...headers, authorization: `Bearer ${this.token}` },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        ...(body === undefined ? {} : { body }),
      });
    } catch {
      return undefined;
    }
  }
}

/** Seconds that the server asks for; else longer with every try. */
function pauseAfter(response: Response | undefined, attempt: number): number {
  const asked = Number(response?.headers.get('retry-after') ?? NaN) * 1000;
  return Math.min(Number.isNaN(asked) ? FIRST_PAUSE_MS * 2 ** attempt : asked, LONGEST_PAUSE_MS);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function bodyOf(response: Response): Promise<JsonObject> {
  try {
    const body: unknown = await response.json();
    return body !== null && typeof body === 'object' ? (body as JsonObject) : {};
  } catch {
    throw new ApiFault('unreachable', 'the server does not answer in JSON: is it Baton?');
  }
}

function answerOf({ ok, status }: Response, body: JsonObject): ApiAnswer {
  if (ok) return { ok: true, body };
  const problem = apiProblem(status, body);
  if (status === 401) throw new ApiFault('unauthenticated', 'the server does not accept the token');
  return refusedBy(problem);
}
