import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Schema = Readonly<Record<string, unknown>>;
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schema };
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: Schema }>> }>>;
}

const DESCRIPTION = join(import.meta.dirname, '../docs/generated/openapi.json');
const ID = 'baton';

/** What is wrong with an answer by the API's description, each with its path; none where it is as described. */
export class DescribedAnswers {
  readonly #ajv = new Ajv({ strict: true, allErrors: true });
  readonly #routes: readonly { readonly method: string; readonly matches: RegExp; readonly operation: Operation }[];

  constructor() {
    const { paths, components } = closed(JSON.parse(readFileSync(DESCRIPTION, 'utf8'))) as OpenApi;
    for (const word of ['example', 'components']) this.#ajv.addKeyword(word);
    this.#ajv.addSchema({ $id: ID, components });
    // A route without parameters is meant before one that has some.
    const sorted = Object.entries(paths).toSorted(([a], [b]) => a.split('{').length - b.split('{').length);
    this.#routes = sorted.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method,
        matches: new RegExp(`^${path.replaceAll(/\{[a-z]+\}/g, '[^/]+')}$`),
        operation,
      })),
    );
  }

  faults(method: string, path: string, status: number, body: unknown): readonly string[] {
    const { pathname } = new URL(path, 'http://baton');
    const route = this.#routes.find((one) => one.method === method.toLowerCase() && one.matches.test(pathname));
    if (!route) return [];
    const schema = route.operation.responses[status]?.content?.['application/json']?.schema;
    if (!schema) return [`${method} ${path} is not said to answer ${status} with JSON`];
    const check = this.#ajv.compile(schema);
    if (check(body)) return [];
    return (check.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    );
  }
}

/**
 * As JSON Schema has it: null as a type of its own, references by the document's id. No object has a member that is not
 * described, which a reader has to put up with and a test has not.
 */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (value === null || typeof value !== 'object') return value;
  const schema = Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, key === 'example' ? one : closed(one)]),
  );
  if (schema['nullable'] === true) {
    const { nullable: _, ...otherwise } = value as { readonly nullable: true };
    return { anyOf: [closed(otherwise), { type: 'null' }] };
  }
  if (typeof schema['$ref'] === 'string') schema['$ref'] = `${ID}${schema['$ref']}`;
  if (schema['type'] === 'object' && schema['properties']) schema['additionalProperties'] ??= false;
  return schema;
}
