import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../libs/decider/json.js';
import type { Problem } from '../libs/http-kit/problem.js';
import { DescribedAnswers } from './described-answers.spec-kit.js';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

export interface Asking {
  /** Idempotency-Key; a fresh one where absent, none where null */
  readonly key?: string | null;
  readonly ifMatch?: string | number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nothing here may take so long; a test that hangs is to say where. */
const LONGEST_MS = 30_000;

const described = new DescribedAnswers();

/** One person's or service's way to a running Baton. */
export class Client {
  constructor(
    readonly url: string,
    readonly subject: string,
    readonly bearer: () => Promise<string | undefined>,
  ) {}

  get<Body = JsonObject>(path: string, asking: Asking = {}): Promise<Answer<Body>> {
    return this.send<Body>('GET', path, undefined, { key: null, ...asking });
  }

  post<Body = JsonObject>(path: string, body: object = {}, asking: Asking = {}): Promise<Answer<Body>> {
    return this.send<Body>('POST', path, JSON.stringify(body), asking);
  }

  /** A command that must succeed; its answer's body. */
  async done<Body = JsonObject>(path: string, body: object = {}, asking: Asking = {}): Promise<Body> {
    return succeeded(await this.post<Body>(path, body, asking), path);
  }

  /** A query that must succeed; its answer's body. */
  async read<Body = JsonObject>(path: string): Promise<Body> {
    return succeeded(await this.get<Body>(path), path);
  }

  /** A command that must be refused with this status; the problem. */
  async refused(status: number, path: string, body: object = {}, asking: Asking = {}): Promise<Problem> {
    const answer = await this.post<Problem>(path, body, asking);
    expect({ path, status: answer.status, text: answer.text }).toMatchObject({ status });
    return answer.body;
  }

  /** Sends a body as it is, also one that is no JSON. */
  async send<Body = JsonObject>(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    { key = randomUUID(), ifMatch, headers = {} }: Asking = {},
  ): Promise<Answer<Body>> {
    const token = await this.bearer();
    const tag = typeof ifMatch === 'number' ? `"${ifMatch}"` : ifMatch;
    const response = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(LONGEST_MS),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(tag === undefined ? {} : { 'if-match': tag }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, body: parsed(text) as Body, text };
    if (isJson(response)) expect(described.faults(method, path, answer.status, answer.body)).toEqual([]);
    return answer;
  }
}

const isJson = ({ ok, headers }: Response): boolean =>
  ok && headers.get('content-type')?.startsWith('application/json') === true;

function succeeded<Body>(answer: Answer<Body>, path: string): Body {
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
