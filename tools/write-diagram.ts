import { writeFileSync } from 'node:fs';
import { lifecyclePage } from '../libs/lead-lifecycle/diagram.js';

/** Writes the lifecycle's page from the machine: `node dist/tools/write-diagram.js FILE`. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: write-diagram FILE');
writeFileSync(file, lifecyclePage());
