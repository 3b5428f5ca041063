import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { describeFault } from '../telemetry/fault-description.js';
import type { Metrics } from '../telemetry/metrics.js';
import { MOST_REQUEST_BYTES } from './add-checkpoint.js';
import type { Answer, Witness } from './witness.js';
import type { WitnessState } from './witness-state.js';

/*
 * Plain node:http: whoever runs a witness should be able to read all of it, and it has three routes. No request is
 * authenticated; what it says is signed.
 */

const TEXT = 'text/plain; charset=utf-8';
const REQUEST_TIMEOUT_MS = 10_000;
const MOST_CONNECTIONS = 1_000;
const MOST_HEADER_BYTES = 8 * 1024;
const GRACE_MS = 10_000;

export interface WitnessServerParts {
  readonly witness: Witness;
  readonly state: WitnessState;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface WitnessServer {
  listen(host: string, port: number): Promise<string>;
  /** Accepts nothing more and lets requests in flight finish, at most 10 seconds. */
  stop(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
}

export function createWitnessServer(parts: WitnessServerParts): WitnessServer {
  const { logger, metrics } = parts;
  const cosignings = metrics.counter('baton_witness_requests_total', 'Posted checkpoints by answer.', ['status']);
  metrics.gauge('baton_witness_evidence', 'Checkpoints kept as evidence against their log.', () =>
    parts.state.evidenceCount(),
  );
  let stopping = false;

  const server = createServer(
    { maxHeaderSize: MOST_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      answer(request).then(
        (reply) => send(response, reply, stopping),
        (fault: unknown) => {
          logger.error({ fault: describeFault(fault) }, 'fault');
          send(response, { status: 500, text: 'fault\n' }, true);
        },
      );
    },
  );
  server.maxConnections = MOST_CONNECTIONS;

  async function answer(request: IncomingMessage): Promise<Reply> {
    const { pathname } = new URL(request.url ?? '/', 'http://witness');
    if (pathname === '/add-checkpoint') {
      if (request.method !== 'POST') return notAllowed('POST');
      return post(request);
    }
    if (request.method !== 'GET') return notAllowed('GET');
    if (pathname === '/healthz') return { status: 200, text: 'ok\n' };
    if (pathname === '/readyz') return stopping ? { status: 503, text: 'stopping\n' } : { status: 200, text: 'ok\n' };
    if (pathname === '/metrics') return { status: 200, type: metrics.contentType, text: await metrics.text() };
    const [, origin = '', what] = /^\/([0-9a-f]{64})\/(checkpoint|evidence)$/.exec(pathname) ?? [];
    if (what === 'checkpoint') return found(parts.state.cosigned(origin)?.note);
    if (what === 'evidence') {
      const lines = parts.state.evidence(origin).map((one) => `${JSON.stringify(one)}\n`);
      return { status: 200, type: 'application/x-ndjson', text: lines.join('') };
    }
    return found(undefined);
  }

  async function post(request: IncomingMessage): Promise<Reply> {
    const body = await bodyOf(request);
    if (body === undefined) return { status: 413, text: `body: has more than ${MOST_REQUEST_BYTES} bytes\n` };
    const said = parts.witness.addCheckpoint(body);
    cosignings.inc({ status: String(said.status) });
    if ('suspicion' in said) logger.error({ suspicion: said.suspicion }, 'a log was caught: the evidence is kept');
    return replyOf(said);
  }

  return {
    listen: (host, port) => listening(server, host, port),
    stop: () => {
      stopping = true;
      return new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

const notAllowed = (method: string): Reply => ({ status: 405, text: `only ${method}\n` });
const found = (text: string | undefined): Reply =>
  text === undefined ? { status: 404, text: 'not found\n' } : { status: 200, text };

function replyOf(answer: Answer): Reply {
  if (answer.status === 200) return { status: 200, text: answer.lines };
  if (answer.status === 409) return { status: 409, type: 'text/x.tlog.size', text: `${answer.size}\n` };
  return { status: answer.status, text: `${answer.problem}\n` };
}

function send(response: ServerResponse, { status, type = TEXT, text }: Reply, isLast: boolean): void {
  response.writeHead(status, {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(isLast || status === 413 ? { connection: 'close' } : {}),
  });
  response.end(text);
}

/** The whole body, or undefined once it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function listening(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
    });
  });
}
