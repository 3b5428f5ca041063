import type { FastifyInstance } from 'fastify';
import { malformed } from './problem-exception.js';

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const MOST_NAME_LENGTH = 64;

/**
 * Refuses what two readers could understand differently: a parameter given twice (first, last or list?) and names that
 * reach a prototype. Unknown names are refused by the route's query DTO.
 */
export function refuseAmbiguousQueries(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const query = request.query as Readonly<Record<string, string | string[]>>;
    for (const name in query) {
      const isRepeated = Array.isArray(query[name]);
      if (!isRepeated && !FORBIDDEN.has(name)) continue;
      const rule = isRepeated ? 'must not be repeated' : 'is a name that is never accepted';
      return done(malformed({ in: 'query', field: name.slice(0, MOST_NAME_LENGTH), rule }));
    }
    done();
  });
}
