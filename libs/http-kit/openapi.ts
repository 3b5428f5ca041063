import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];
/** What `tools/write-answers.mjs` found in the controllers' types: by operation id, and the types that have a name. */
interface Answers {
  readonly operations: Readonly<Record<string, Schema>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** The OpenAPI document, built when it is first asked for: scanning every route would delay the start. */
export class OpenApiDocument {
  #build: (() => Promise<OpenAPIObject>) | undefined;
  #document: Promise<OpenAPIObject> | undefined;

  /** Tells which application is described; called once, before the first request. */
  describe(app: INestApplication, api: ApiDescription): void {
    this.#build = async () =>
      withAnswers(
        (await import('./answers.json', { with: { type: 'json' } })).default,
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
  async get(): Promise<OpenAPIObject> {
    this.#document ??= this.#build?.();
    if (this.#document === undefined) throw new Error('no application was described');
    return this.#document;
  }
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

function withAnswers({ operations, schemas }: Answers, document: OpenAPIObject): OpenAPIObject {
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods) as readonly Operation[]) {
      withDefaultsOptional(operation);
      const schema = operations[operation.operationId ?? ''];
      if (schema) withAnswer(operation, schema);
    }
  }
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...schemas } };
  return document;
}

/** A parameter with a default need not be sent; from its class it looks as if it must, since there it is never undefined. */
function withDefaultsOptional({ parameters = [] }: Operation): void {
  for (const parameter of parameters) {
    if ('schema' in parameter && parameter.schema && 'default' in parameter.schema) parameter.required = false;
  }
}

function withAnswer({ responses }: Operation, schema: Schema): void {
  for (const [status, response] of Object.entries(responses)) {
    if (!status.startsWith('2') || !response || '$ref' in response) continue;
    response.content = { 'application/json': { ...response.content?.['application/json'], schema } };
  }
}
