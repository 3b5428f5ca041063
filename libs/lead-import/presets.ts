import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Presets are read where they are written: compiled modules lie in `dist`, YAML files do not. */
function presetsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above the compiled modules');
    folder = parent;
  }
  return join(folder, 'libs', 'lead-import', 'presets');
}

/** The names of the mappings that Baton ships, in order. */
export const presetNames = (): readonly string[] =>
  readdirSync(presetsFolder())
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .toSorted();

/** The YAML text of a shipped mapping; undefined where there is none of that name. */
export const presetText = (name: string): string | undefined =>
  presetNames().includes(name) ? readFileSync(join(presetsFolder(), `${name}.yaml`), 'utf8') : undefined;
