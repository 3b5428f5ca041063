import { readFile } from 'node:fs/promises';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly additionalProperties?: Schema;
  readonly example?: unknown;
}
interface Described {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly required?: boolean;
    readonly schema?: { readonly default?: unknown };
  }[];
  readonly requestBody?: Described;
  readonly responses: Readonly<Record<string, Described>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What the application served: CI holds the file against it. */
const document = JSON.parse(
  await readFile(new URL('../docs/generated/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
);
const schemas = Object.entries(document.components.schemas);

const saysAll = (content: NonNullable<Described['content']>): boolean =>
  Object.keys(content).length > 0 && Object.values(content).every(({ schema }) => says(schema));

/** An object of which nothing is said, or that has no type, is no description. */
function says({ $ref, type, properties, items, anyOf, allOf, additionalProperties }: Schema = {}): boolean {
  if ($ref !== undefined) return says(document.components.schemas[$ref.split('/').at(-1)!]);
  if (anyOf ?? allOf) return [...(anyOf ?? []), ...(allOf ?? [])].every(says);
  if (type === 'array') return says(items);
  return type === 'object' ? properties !== undefined || says(additionalProperties) : type !== undefined;
}

describe('The description of the API', () => {
  it('says of every body which members it has', () => {
    // The members of a class are described only where its file is named *.dto.ts.
    const bodies = schemas.filter(([name]) => name.endsWith('Dto'));
    expect(bodies.filter(([, { properties = {} }]) => Object.keys(properties).length === 0)).toEqual([]);
    expect(bodies.length).toBeGreaterThan(50);
  });

  it('says of every answer what is in it', () => {
    const without = operations.filter(([, { responses }]) => {
      const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      return answers.length === 0 || !answers.every(([, { content }]) => content && saysAll(content));
    });
    expect(without.map(([name]) => name)).toEqual([]);
  });

  it('shows an example in every body that a command may have', () => {
    const bodies = operations.flatMap(([name, { requestBody }]) => {
      const ref = requestBody?.content?.['application/json']?.schema?.$ref;
      return ref === undefined ? [] : [[name, ref.split('/').at(-1)!] as const];
    });
    const all = new Map(schemas);
    const without = bodies.filter(([, schema]) => !JSON.stringify(all.get(schema)).includes('"example":'));
    expect(without).toEqual([]);
    expect(bodies.length).toBeGreaterThan(50);
  });

  it('asks for no parameter that has a default', () => {
    const all = operations.flatMap(([name, { parameters = [] }]) => parameters.map((one) => ({ ...one, of: name })));
    const withDefault = all.filter(({ schema }) => schema?.default !== undefined);
    expect(withDefault.filter(({ required }) => required)).toEqual([]);
    expect(withDefault.length).toBeGreaterThan(10);
  });

  it('names what a lead may be asked as of', () => {
    const asked = new Map(operations).get('get /leads/{id}')?.parameters?.map(({ name }) => name);
    expect(asked).toEqual(expect.arrayContaining(['revision', 'at', 'as']));
  });
});
