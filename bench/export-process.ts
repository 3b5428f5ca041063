import { program } from '../apps/cli/program.js';
import { runProgram } from '../apps/cli/run-program.js';

/*
 * node export-process.js ARGUMENT…: `baton export ARGUMENT…` as it is, then on a line its seconds and the most memory
 * that this process ever took.
 */

const KIB_PER_MB = 1_024;

const begun = performance.now();
const code = await runProgram(program(), ['node', 'baton', 'export', ...process.argv.slice(2)]);
const seconds = (performance.now() - begun) / 1_000;
const megabytes = process.resourceUsage().maxRSS / KIB_PER_MB;
process.stdout.write(`${JSON.stringify({ code, seconds, megabytes })}\n`);
