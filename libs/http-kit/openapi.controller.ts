import { Controller, Get, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';
import { OpenApiDocument } from './openapi.js';
import { notFound } from './problem-exception.js';
import { PublicRoute } from './public-route.js';

/** The only files that are served, so that no path reaches the disk. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#docs', deepLinking: true });`;
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Baton API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/** The API's description, and Swagger UI from the package that @nestjs/swagger brings: nothing from elsewhere. */
@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @PublicRoute()
  json(): Promise<OpenAPIObject> {
    return this.document.get();
  }

  @Get('docs')
  @PublicRoute()
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    });
    return PAGE;
  }

  @Get('docs/start.js')
  @PublicRoute()
  start(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.header('content-type', 'text/javascript; charset=utf-8');
    return START;
  }

  @Get('docs/:asset')
  @PublicRoute()
  asset(@Param('asset') asset: string): StreamableFile {
    const type = Object.hasOwn(ASSETS, asset) ? ASSETS[asset] : undefined;
    if (type === undefined) throw notFound('page');
    return new StreamableFile(createReadStream(join(assetFolder(), asset)), { type });
  }
}

/** swagger-ui-dist is @nestjs/swagger's dependency, so it is found from there. */
function assetFolder(): string {
  const swagger = createRequire(import.meta.url).resolve('@nestjs/swagger/package.json');
  return dirname(createRequire(swagger).resolve('swagger-ui-dist/package.json'));
}
