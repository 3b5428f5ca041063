import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const REQUIREMENTS = 40;

/** Cells of each row of the tables: number, capability, state, where, shown by. */
const rows = readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, number]) => /^\d+$/.test(number ?? ''))
  .map(([, number, capability, state, where, shownBy]) => ({
    number: Number(number),
    capability,
    state,
    where,
    shownBy,
  }));
const filesIn = (cell = ''): string[] => [...cell.matchAll(/`((?:apps|libs|test)\/[^`]+)`/g)].map(([, file]) => file!);

describe('The table of requirements', () => {
  it('has each of them once, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: REQUIREMENTS }, (_, at) => at + 1));
  });

  it('says of each how far it is there', () => {
    expect(rows.filter(({ state }) => !/^(yes|in part:|not yet)/.test(state ?? ''))).toEqual([]);
  });

  it('names for all that is there a test, and only files that exist', () => {
    const there = rows.filter(({ state }) => !state?.startsWith('not yet'));
    const unshown = there.filter(({ shownBy }) => !filesIn(shownBy).some((file) => file.endsWith('.spec.ts')));
    expect(unshown).toEqual([]);
    const named = rows.flatMap(({ where, shownBy }) => [...filesIn(where), ...filesIn(shownBy)]);
    expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('names only routes that there are', () => {
    const { paths } = JSON.parse(readFileSync(join(ROOT, 'docs/generated/openapi.json'), 'utf8')) as {
      paths: Readonly<Record<string, object>>;
    };
    const named = rows.flatMap(({ where }) => [...(where ?? '').matchAll(/`(GET|POST) ([^`?]+)[^`]*`/g)]);
    const missing = named.filter(([, method, path]) => !Object.hasOwn(paths[path!] ?? {}, method!.toLowerCase()));
    expect(missing.map(([text]) => text)).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});
