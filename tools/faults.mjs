/*
 * npm run faults [-- --count 200] [PATTERN …]: the fault tests, each fault done so many times, minutes under load. What
 * was done, and which invariants were computed from the stores afterwards, is printed in a line for each.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { count: { type: 'string', default: '200' } },
  allowPositionals: true,
});
if (!/^[1-9]\d{0,4}$/.test(values.count)) {
  process.stderr.write('faults: --count must be a number from 1\n');
  process.exit(3);
}
const jest = [
  '--experimental-vm-modules',
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  '--runInBand',
  'test/faults',
];
const only = positionals.length > 0 ? ['--testNamePattern', positionals.join('|')] : [];
const child = spawn(process.execPath, [...jest, ...only], {
  stdio: 'inherit',
  env: { ...process.env, BATON_FAULTS: values.count },
});
child.once('exit', (code) => (process.exitCode = code ?? 1));
