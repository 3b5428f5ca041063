import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** The OpenAPI document, built when it is first asked for: scanning every route would delay the start. */
export class OpenApiDocument {
  #build: (() => OpenAPIObject) | undefined;
  #document: OpenAPIObject | undefined;

  /** Tells which application is described; called once, before the first request. */
  describe(app: INestApplication, api: ApiDescription): void {
    this.#build = () =>
      withDefaultsOptional(
        SwaggerModule.createDocument(
          app,
          new DocumentBuilder()
            .setTitle(api.title)
            .setDescription(api.description)
            .setVersion(api.version)
            .addBearerAuth()
            .addSecurityRequirements('bearer')
            .build(),
        ),
      );
  }

  /** @throws Error when no application was described */
  get(): OpenAPIObject {
    this.#document ??= this.#build?.();
    if (this.#document === undefined) throw new Error('no application was described');
    return this.#document;
  }
}

type Method = OpenAPIObject['paths'][string]['get'];

/** A parameter with a default need not be sent; from its class it looks as if it must, since there it is never undefined. */
function withDefaultsOptional(document: OpenAPIObject): OpenAPIObject {
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods) as readonly Method[]) {
      for (const parameter of operation?.parameters ?? []) {
        if ('schema' in parameter && parameter.schema && 'default' in parameter.schema) parameter.required = false;
      }
    }
  }
  return document;
}
