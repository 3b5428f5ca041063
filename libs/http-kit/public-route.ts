import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly isPublic?: boolean;
  }
}

/** Method decorator: the route answers without a token. Without it, every route is denied by default. */
export const PublicRoute = (): MethodDecorator => RouteConfig({ isPublic: true });

export const isPublicRoute = (request: FastifyRequest): boolean => request.routeOptions.config.isPublic === true;
