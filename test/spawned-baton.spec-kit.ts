import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DevTokenIssuer, devKeyFile } from '../libs/http-kit/dev-tokens.js';
import { clientOf } from './baton.spec-kit.js';
import type { Client } from './client.spec-kit.js';

const MAIN = fileURLToPath(new URL('../dist/bundle/baton.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built application in a process of its own, on a free port. `npm test` builds it first. */
export class SpawnedBaton {
  private constructor(
    readonly url: string,
    /** a person of `people.spec-kit` */
    readonly as: (person: string) => Client,
    /** resolves when the process is gone */
    readonly ended: Promise<Ended>,
    private readonly child: ChildProcess,
    private readonly lines: readonly string[],
  ) {}

  /** All that it wrote to its log and its error output so far, a line each. */
  get output(): readonly string[] {
    return this.lines;
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.child.kill(signal);
  }

  /** @throws with its output where it ends before it listens */
  static async start(dataDir: string): Promise<SpawnedBaton> {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const issuer = await DevTokenIssuer.open(devKeyFile(dataDir), Date.now);
    const child = spawn(process.execPath, [MAIN], {
      env: { BATON_DATA: dataDir, BATON_PORT: '0', BATON_RATE_LIMIT: '1000000' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    const ended = new Promise<Ended>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
    const listening = new Promise<string>((resolve) => {
      const read = (line: string): void => {
        lines.push(line);
        const url = /"url":"([^"]+)".*"msg":"listening"/.exec(line)?.[1];
        if (url !== undefined) resolve(url);
      };
      for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
    });
    const url = await Promise.race([listening, ended]);
    if (typeof url !== 'string') throw new Error(`it ended before it listened: ${lines.join('\n')}`);
    const clients = new Map<string, Client>();
    const as = (person: string): Client => {
      const client = clients.get(person) ?? clientOf(url, person, issuer);
      clients.set(person, client);
      return client;
    };
    return new SpawnedBaton(url, as, ended, child, lines);
  }
}
