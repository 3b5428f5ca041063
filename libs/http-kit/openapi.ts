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
      SwaggerModule.createDocument(
        app,
        new DocumentBuilder()
          .setTitle(api.title)
          .setDescription(api.description)
          .setVersion(api.version)
          .addBearerAuth()
          .addSecurityRequirements('bearer')
          .build(),
      );
  }

  /** @throws Error when no application was described */
  get(): OpenAPIObject {
    this.#document ??= this.#build?.();
    if (this.#document === undefined) throw new Error('no application was described');
    return this.#document;
  }
}
