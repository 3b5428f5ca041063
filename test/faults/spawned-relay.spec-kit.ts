import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export interface RelayPlan {
  readonly settings: KafkaSettings;
  readonly batchSize: number;
  readonly killAt?: { readonly step: 'sent' | 'committed'; readonly count: number };
  readonly takeOverAfterMs?: number;
}

interface Line {
  readonly position?: string;
  readonly fault?: string;
  readonly kind?: string;
  readonly message?: string;
  readonly did?: 'began' | 'stands-by';
}

const LONGEST_WAIT_MS = 60_000;

/** A relay in a process of its own. */
export class SpawnedRelay {
  /** the last position that it said it had published */
  position = 0;
  readonly lines: Line[] = [];
  readonly ended: Promise<NodeJS.Signals | number | null>;
  private readonly child: ChildProcess;
  private readonly watchers = new Set<() => void>();

  constructor(file: string, plan: RelayPlan) {
    const script = [root('test/faults/relay-process.mjs'), root('dist'), file, JSON.stringify(plan)];
    const child = spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    this.ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number | null);
    createInterface({ input: child.stdout }).on('line', (line) => this.note(line));
    void this.ended.then(() => this.look());
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when it is so, or when the process is gone; asked whenever the process says something. */
  async until(isSo: () => boolean): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!isSo() && this.child.exitCode === null && this.child.signalCode === null) return;
        this.watchers.delete(look);
        resolve();
      };
      late = setTimeout(() => reject(new Error(`the relay stands: ${this.said()}`)), LONGEST_WAIT_MS);
      this.watchers.add(look);
      look();
    }).finally(() => clearTimeout(late));
  }

  /** Calls whenever it says something. */
  watch(look: () => void): void {
    this.watchers.add(look);
  }

  private said(): string {
    return this.lines
      .slice(-5)
      .map((line) => JSON.stringify(line))
      .join(' ');
  }

  private note(text: string): void {
    // The kill may cut the line that was being written.
    if (!text.endsWith('}')) return;
    const line = JSON.parse(text) as Line;
    this.lines.push(line);
    if (line.position !== undefined) this.position = Math.max(this.position, Number(line.position));
    this.look();
  }

  private look(): void {
    for (const look of this.watchers) look();
  }
}
