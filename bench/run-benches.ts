import { readdir } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { figureTable } from './figure-table.js';
import type { Bench, BenchFigure, SkippedFigure } from './figure.js';

const SUFFIX = '.bench.js';

/** Runs those of a folder's benches that the command line names, else all, and prints their figures. */
export async function runBenches(folder: string): Promise<void> {
  try {
    await run(folder);
  } catch (fault) {
    process.stderr.write(`bench: ${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exitCode = 1;
  }
}

async function run(folder: string): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  const files = await readdir(folder);
  const all = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
  const unknown = positionals.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no bench is called ${unknown.join(', ')}; there are ${all.join(', ')}`);

  const figures: (BenchFigure | SkippedFigure)[] = [];
  for (const name of positionals.length > 0 ? positionals : all) figures.push(...(await measured(folder, name)));
  console.log(values.json === true ? JSON.stringify({ machine: machine(), figures }, null, 2) : figureTable(figures));
}

/** The figures of one bench; a fault in it is told and costs the exit code, not the others' figures. */
async function measured(folder: string, name: string): Promise<readonly (BenchFigure | SkippedFigure)[]> {
  const start = performance.now();
  process.stderr.write(`${name} … `);
  try {
    const { run } = (await import(pathToFileURL(join(folder, `${name}${SUFFIX}`)).href)) as { readonly run: Bench };
    const figures = await run();
    process.stderr.write(`${((performance.now() - start) / 1_000).toFixed(0)} s (${load()})\n`);
    return figures;
  } catch (fault) {
    process.stderr.write(`failed: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
    return [];
  }
}

const machine = () => ({ cores: availableParallelism(), node: process.version, load: loadavg() });
const load = (): string => `load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`;
