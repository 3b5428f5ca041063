import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Credentials, EventStoreDbAddress } from './address.js';

const LONGEST_MS = 5_000;
const MOST_BYTES = 64 * 1024;

export interface HttpAnswer {
  readonly status: number;
  /** parsed where it is JSON */
  readonly body: unknown;
}

export interface HttpQuestion {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly as: Credentials;
  readonly body?: object;
}

/** Asks the server's HTTP interface, which has what gRPC of this client has not: users. */
export class ServerHttp {
  readonly #ca: Buffer | undefined;

  constructor(private readonly address: EventStoreDbAddress) {
    this.#ca = address.caFile === undefined ? undefined : readFileSync(address.caFile);
  }

  /** @throws Error when no node answers in time; its words never hold a password */
  async ask(question: HttpQuestion): Promise<HttpAnswer> {
    let last: unknown;
    for (const { host, port } of this.address.hosts) {
      try {
        return await this.#askOne(new URL(`https://${host}:${port}${question.path}`), question);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  #askOne(url: URL, { method, as, body }: HttpQuestion, redirects = 1): Promise<HttpAnswer> {
    const text = body && JSON.stringify(body);
    const headers = {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${as.username}:${as.password}`).toString('base64')}`,
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(LONGEST_MS);
      const asking = request(url, { method, headers, signal, ...(this.#ca && { ca: this.#ca }) }, (answer) => {
        const location = answer.headers.location;
        // A follower sends to the leader.
        if (answer.statusCode === 307 && location !== undefined && redirects > 0) {
          answer.resume();
          const onwards = new URL(location, url);
          if (onwards.protocol !== 'https:') return reject(new Error('the server sends on to a node without TLS'));
          return resolve(this.#askOne(onwards, { method, path: '', as, ...(body && { body }) }, redirects - 1));
        }
        let said = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          said += part;
          if (said.length > MOST_BYTES) asking.destroy(new Error('the answer is too long'));
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parsed(said) }));
        answer.on('error', reject);
      });
      asking.on('error', reject);
      asking.end(text);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
