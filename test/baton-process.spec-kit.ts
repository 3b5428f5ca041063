import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ReportedVerdict {
  readonly row: number;
  readonly externalId?: string;
  readonly verdict: string;
  readonly lead?: string;
  readonly why?: string;
  readonly odd?: readonly string[];
}

/** The discard service's: nobody on this machine answers there. */
const NOBODYS_PORT = '9';
const MAIN = resolve('dist/bundle/cli.js');

/** The built command line in a folder of its own, with an embedded server over that folder. */
export class BatonFolder {
  private constructor(readonly folder: string) {}

  static async make(): Promise<BatonFolder> {
    return new BatonFolder(await mkdtemp(join(tmpdir(), 'baton-cli-')));
  }

  /** Runs `baton …` to its end. The environment's own settings do not reach it, nor a server that runs besides. */
  run(...args: readonly string[]): Promise<Ended> {
    const env = { PATH: process.env['PATH'] ?? '', BATON_DATA: join(this.folder, 'data'), BATON_PORT: NOBODYS_PORT };
    return new Promise((done) => {
      execFile(
        process.execPath,
        [MAIN, ...args],
        { cwd: this.folder, env, maxBuffer: 1e8 },
        (fault, stdout, stderr) => {
          done({ code: typeof fault?.code === 'number' ? fault.code : fault ? -1 : 0, stdout, stderr });
        },
      );
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Verdicts of an NDJSON report, in the order of the file's rows. */
  async report(name: string): Promise<readonly ReportedVerdict[]> {
    const text = await readFile(this.path(name), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ReportedVerdict);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
