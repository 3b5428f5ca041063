import type { FastifyInstance, FastifyRequest } from 'fastify';
import { malformed, ProblemException } from './problem-exception.js';
import { problem } from './problem.js';
import { parseStrictJson } from './strict-json.js';

export const MOST_BODY_BYTES = 1024 * 1024;

const unsupported = (): ProblemException =>
  new ProblemException(problem('unsupported-media-type'), {
    accept: 'application/json',
    'accept-encoding': 'identity',
  });

/** The only parser there is: Fastify answers 415 for any other type and 413 over the limit by itself. */
export function acceptOnlyStrictJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MOST_BODY_BYTES },
    (request: FastifyRequest, bytes: Buffer, done) => {
      const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
      if (charset !== undefined && charset.toLowerCase() !== 'utf-8') return done(unsupported());
      const parsed = parseStrictJson(bytes);
      if (parsed.ok) done(null, parsed.value);
      else done(malformed(parsed.error));
    },
  );
  // A compressed body is never inflated, so it cannot be a bomb. Before the parser, after authentication.
  server.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') done(null, payload);
    else done(unsupported());
  });
}
