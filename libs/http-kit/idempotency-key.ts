import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { malformed } from './problem-exception.js';
import { singleHeader } from './single-header.js';

const HEADER = 'Idempotency-Key';
const PRINTABLE_ASCII = /^[\x20-\x7e]{1,255}$/;

/**
 * The key by which a repeated command is known: 1 to 255 printable ASCII characters, as sent.
 *
 * @throws ProblemException 400 naming the header when it is absent or malformed
 */
export function parseIdempotencyKey(header: string | undefined): string {
  if (header === undefined) throw malformed({ in: 'header', field: HEADER, rule: 'is required' });
  if (!PRINTABLE_ASCII.test(header)) {
    throw malformed({ in: 'header', field: HEADER, rule: 'must be 1 to 255 printable ASCII characters' });
  }
  return header;
}

/** Parameter decorator of every command: the required `Idempotency-Key`. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseIdempotencyKey(singleHeader(context.switchToHttp().getRequest<FastifyRequest>().raw, HEADER)),
);
