import { readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

/**
 * Joins what `nest build` compiled, and the packages it uses, into a few files per program: `node dist/tools/bundle.js`.
 * Reading some 1,500 small files is most of what a start costs (docs/adr/0015-bundled-programs.md).
 */
const BUILT = fileURLToPath(new URL('..', import.meta.url));
const BUNDLE = join(BUILT, 'bundle');

/** What people start, as `dist/bundle/<name>.js`. */
const PROGRAMS = Object.fromEntries(
  ['baton', 'lead-api', 'team-views', 'lead-routing', 'event-relay', 'audit-trail', 'witness', 'cli'].map((name) => [
    name,
    `apps/${name}/main.js`,
  ]),
);

/**
 * Native, or seldom needed and then of the user's choosing: Node finds them in node_modules when they are asked for.
 * class-transformer, because Nest's mapped types ask Node for it: what one copy knows of a field, another does not.
 */
const STAY_PACKAGES = [
  'class-transformer',
  'better-sqlite3',
  '@eventstore/db-client',
  'kafkajs',
  'pg',
  '@duckdb/node-api',
];
/** Nest asks for these where they are installed; here they are not. */
const NOT_INSTALLED = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer/storage',
];

/** Its exports name CommonJS for Node, of which nothing can be left away. */
const rxjs = join(dirname(createRequire(import.meta.url).resolve('rxjs/package.json')), 'dist/esm');

const OPTIONS: BuildOptions & { readonly metafile: true } = {
  outdir: BUNDLE,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  alias: { rxjs: join(rxjs, 'index.js'), 'rxjs/operators': join(rxjs, 'operators/index.js') },
  external: [...STAY_PACKAGES, ...NOT_INSTALLED],
  // Nest and the OpenAPI document go by the names of classes.
  keepNames: true,
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  sourcemap: 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // The Swagger plugin writes a key of its own beside one of the sources', which comes later and counts.
  logOverride: { 'duplicate-object-key': 'silent' },
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};

const built = await Promise.all([programs(), workers('.mjs'), workers('.js')]);
const made = new Set(built.flatMap(({ metafile }) => Object.keys(metafile.outputs)).map((file) => basename(file)));
// What an earlier build left would else be found by whoever looks what is in use.
for (const file of await readdir(BUNDLE)) if (!made.has(file)) await rm(join(BUNDLE, file));

/** The programs share what they have in common; what they import on demand stays apart. */
function programs() {
  const entryPoints = Object.entries(PROGRAMS).map(([out, file]) => ({ out, in: join(BUILT, file) }));
  return build({ ...OPTIONS, entryPoints, splitting: true, chunkNames: '[name]-[hash]' });
}

/** A thread's file is looked for beside the code that starts it, hence beside the programs and under its own name. */
async function workers(extension: '.mjs' | '.js') {
  const folders = ['apps', 'libs'].map((folder) => join(BUILT, folder));
  const of = async (folder: string) => (await readdir(folder, { recursive: true })).map((file) => join(folder, file));
  const entryPoints = (await Promise.all(folders.map(of)))
    .flat()
    .filter((file) => file.endsWith(`.worker${extension}`))
    .map((file) => ({ out: basename(file, extension), in: file }));
  return build({ ...OPTIONS, entryPoints, outExtension: { '.js': extension } });
}
