import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../dist/bundle/cli.js', import.meta.url));

it('the command line ends without a word where nobody reads what it prints any more', async () => {
  const child = spawn(process.execPath, [PROGRAM, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const ended = once(child, 'close') as Promise<[code: number | null]>;
  const [said, [code]] = await Promise.all([text(child.stderr), ended]);
  expect({ said, code }).toEqual({ said: '', code: 0 });
});
