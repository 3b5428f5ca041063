import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position } from '../event-store/event-store.js';
import type { ChainEnd } from './stream-chains.js';
import { TrailFolder } from './trail-folder.js';

const CHECKPOINT = 'checkpoint';
const PROGRESS = 'progress.ndjson';
const VERSION = 1;

/** How far a monitor has looked through a log, so that it need not begin anew. */
export interface Progress {
  readonly size: number;
  /** of the checkpoint of that size, hex */
  readonly root: string;
  /** when it last read the log's checkpoint, seconds since 1970, by its own clock */
  readonly lookedAt: number;
  /** when it last went through all of the log */
  readonly fullAt: number;
  /** of the event of the last leaf, where it has the store */
  readonly position?: Position;
  readonly chains: ReadonlyMap<string, ChainEnd>;
}

/**
 * What an auditor's monitor keeps in a folder of its own: the last checkpoint that it believed, which is all that a
 * split view is found by; how far it has looked; and evidence of what it found.
 */
export class MonitorMemory {
  readonly #files: TrailFolder;

  constructor(readonly folder: string) {
    this.#files = new TrailFolder(folder);
  }

  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  checkpoint(): Promise<Buffer | undefined> {
    return this.#files.read(CHECKPOINT);
  }

  /** Durable when this returns. */
  async remember(checkpoint: Uint8Array): Promise<void> {
    await this.#files.write([{ path: CHECKPOINT, bytes: checkpoint }]);
  }

  /** undefined where there is none that can be used: the monitor then goes through all of the log once more */
  async progress(): Promise<Progress | undefined> {
    const file = await this.#files.read(PROGRESS);
    if (file === undefined) return undefined;
    try {
      const [head = '', ...lines] = file.toString('utf8').trimEnd().split('\n');
      const { version, streams, ...said } = JSON.parse(head) as Omit<Progress, 'chains'> & Record<string, unknown>;
      if (version !== VERSION || streams !== lines.length) return undefined;
      const chains = new Map(
        lines.map((line) => {
          const { stream, ...end } = JSON.parse(line) as ChainEnd & { readonly stream: string };
          return [stream, end] as const;
        }),
      );
      return { ...said, chains };
    } catch {
      return undefined;
    }
  }

  async keepProgress({ chains, ...said }: Progress): Promise<void> {
    const lines = [JSON.stringify({ version: VERSION, streams: chains.size, ...said })];
    for (const [stream, { rev, hash, after, unsure }] of chains)
      lines.push(JSON.stringify({ stream, rev, hash, after, unsure }));
    await this.#files.write([{ path: PROGRESS, bytes: `${lines.join('\n')}\n` }]);
  }

  /** @returns the file, under a name that says when */
  async keepEvidence(at: number, evidence: object): Promise<string> {
    const path = `evidence/${new Date(at * 1_000).toISOString().replaceAll(':', '-')}.json`;
    await this.#files.write([{ path, bytes: `${JSON.stringify(evidence, null, 2)}\n` }]);
    return join(this.folder, path);
  }
}
