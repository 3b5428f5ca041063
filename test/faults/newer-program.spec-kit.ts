import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** The built programs, as they would be with one view in its next version. */
export interface NewerProgram {
  /** folder in dist */
  readonly bundle: string;
  readonly remove: () => Promise<void>;
}

/** @throws where the view is not found in what was built */
export async function withNewerView(projection: string): Promise<NewerProgram> {
  const bundle = `bundle-next-${process.pid}`;
  const folder = join(DIST, bundle);
  await cp(join(DIST, 'bundle'), folder, { recursive: true });
  const version = new RegExp(`(name ?= ?"${projection}"[,;]\\s*this\\.version ?= ?)(\\d+)`);
  let changed = 0;
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.js'))) {
    const text = await readFile(join(folder, file), 'utf8');
    if (!version.test(text)) continue;
    await writeFile(
      join(folder, file),
      text.replace(version, (_, before: string, number) => `${before}${Number(number) + 1}`),
    );
    changed += 1;
  }
  // The services' in what they share, and once more where `npm start` folds its views.
  if (changed !== 2) throw new Error(`${projection} stands in ${changed} of the built files`);
  return { bundle, remove: () => rm(folder, { recursive: true, force: true }) };
}
