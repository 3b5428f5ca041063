import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const vectors = join(process.env.BATON_SHARED ?? join(process.cwd(), '..', 'shared'), 'vectors');
const present = existsSync(vectors);

/** A describe for golden data, skipped with a loud name where the shared folder is absent. */
export function describeGolden(what: string, body: () => void): void {
  const run = present ? describe : describe.skip;
  run(present ? what : `SKIPPED, NOT CHECKED: ${what}: the golden vectors are absent, set BATON_SHARED`, body);
}

/** A golden file; an empty object where the folder is absent, for describe bodies that are skipped run all the same. */
export function golden<T>(path: string): T {
  return (present ? JSON.parse(readFileSync(join(vectors, path), 'utf8')) : {}) as T;
}

/** All JSON files below a golden folder, with their paths. */
export function goldenFiles<T>(folder: string): readonly { path: string; value: T }[] {
  if (!present) return [];
  return readdirSync(join(vectors, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .toSorted()
    .map((path) => ({ path, value: golden<T>(join(folder, path)) }));
}
