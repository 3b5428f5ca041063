#!/usr/bin/env node
import { program } from './program.js';
import { runProgram } from './run-program.js';

process.exitCode = await runProgram(program(), process.argv);
