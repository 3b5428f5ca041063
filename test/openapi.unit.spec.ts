import { readFile } from 'node:fs/promises';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
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

describe('The description of the API', () => {
  it('says of every body which members it has', () => {
    // The members of a class are described only where its file is named *.dto.ts.
    expect(schemas.filter(([, { properties = {} }]) => Object.keys(properties).length === 0)).toEqual([]);
    expect(schemas.length).toBeGreaterThan(50);
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
