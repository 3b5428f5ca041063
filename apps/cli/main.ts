#!/usr/bin/env node
import { EXIT } from './exit-codes.js';
import { program } from './program.js';
import { runProgram } from './run-program.js';

process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') throw fault;
  // Whoever reads has seen enough, as in `baton board | head`.
  process.exit(EXIT.done);
});
process.exitCode = await runProgram(program(), process.argv);
