import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * node export-process.js ARGUMENT…: `baton export ARGUMENT…` as people run it, and on a line its seconds, from Node's own
 * start on, and the most memory that the process ever took.
 */

const KIB_PER_MB = 1_024;
const STANDARD_OUTPUT = 1;
const PROGRAM = join(import.meta.dirname, '../bundle/cli.js');

process.once('exit', (code) => {
  const megabytes = process.resourceUsage().maxRSS / KIB_PER_MB;
  writeSync(STANDARD_OUTPUT, `${JSON.stringify({ code, seconds: performance.now() / 1_000, megabytes })}\n`);
});
process.argv.splice(1, 1, PROGRAM, 'export');
await import(pathToFileURL(PROGRAM).href);
