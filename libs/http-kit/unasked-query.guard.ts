import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal';
import type { FastifyRequest } from 'fastify';
import { malformed } from './problem-exception.js';

const MOST_NAME_LENGTH = 64;
const ANY = 'any';
type Accepted = ReadonlySet<string> | typeof ANY;

/**
 * Refuses query parameters on routes that read none, where no DTO could: `?dryRun=true` on a command that knows no such
 * thing must not run it.
 */
@Injectable()
export class UnaskedQueryGuard implements CanActivate {
  readonly #accepted = new WeakMap<object, Accepted>();

  canActivate(context: ExecutionContext): boolean {
    const query = context.switchToHttp().getRequest<FastifyRequest>().query as Readonly<Record<string, unknown>>;
    for (const name in query) {
      const accepted = this.#acceptedBy(context);
      if (accepted === ANY) return true;
      if (accepted.has(name)) continue;
      throw malformed({ in: 'query', field: name.slice(0, MOST_NAME_LENGTH), rule: 'is not a known parameter' });
    }
    return true;
  }

  #acceptedBy(context: ExecutionContext): Accepted {
    const handler = context.getHandler();
    const known = this.#accepted.get(handler);
    if (known !== undefined) return known;
    const accepted = queryParametersOf(context.getClass(), handler.name);
    this.#accepted.set(handler, accepted);
    return accepted;
  }
}

/** From what `@Query` left on the controller: a whole DTO checks its own names. */
function queryParametersOf(controller: object, method: string): Accepted {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Readonly<
    Record<string, { readonly data?: unknown }>
  >;
  const names = new Set<string>();
  for (const [key, { data }] of Object.entries(parameters)) {
    if (Number(key.split(':')[0]) !== RouteParamtypes.QUERY.valueOf()) continue;
    if (typeof data !== 'string') return ANY;
    names.add(data);
  }
  return names;
}
