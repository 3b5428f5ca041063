import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '../libs/http-kit/problem.js';
import { SpawnedBaton } from './spawned-baton.spec-kit.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: { readonly type?: string; readonly items?: { readonly enum?: readonly string[] } };
}
interface Described {
  readonly paths: Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>;
}

/** As somebody writes it in an address. */
const textOf = ({ type, items }: Parameter['schema']): string =>
  type === 'number' ? '1' : type === 'boolean' ? 'true' : `${items?.enum?.[0] ?? randomUUID()}`;

/** The bundled program: what it reads from an address is text, and Nest, joined into few files, has to know which field is none. */
describe('the questions that the built program describes', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'baton-questions-'));
  let baton: SpawnedBaton;
  beforeAll(async () => {
    baton = await SpawnedBaton.start(dataDir);
  }, 60_000);
  afterAll(async () => {
    baton.kill('SIGTERM');
    await baton.ended;
    rmSync(dataDir, { recursive: true });
  });

  it('take numbers, yes and no, and lists as they are written in an address', async () => {
    const described = (await (await fetch(`${baton.url}/openapi.json`)).json()) as Described;
    const refused: unknown[] = [];
    let asked = 0;
    for (const [route, { get }] of Object.entries(described.paths)) {
      for (const parameter of get?.parameters ?? []) {
        if (parameter.in !== 'query' || !['number', 'boolean', 'array'].includes(parameter.schema.type ?? '')) continue;
        asked += 1;
        const path = `${route.replaceAll(/\{\w+\}/g, randomUUID())}?${parameter.name}=${textOf(parameter.schema)}`;
        const { body } = await baton.as('root').get<Problem>(path);
        const errors = body?.errors?.filter(({ field }) => field.startsWith(parameter.name)) ?? [];
        if (errors.length > 0) refused.push({ path, errors });
      }
    }
    expect(refused).toEqual([]);
    expect(asked).toBeGreaterThan(30);
  }, 60_000);
});
