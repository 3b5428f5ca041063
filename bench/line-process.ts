import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

const STOP_AFTER_MS = 15_000;

/** A process that says one JSON object per line and, where it is asked one, answers it with the next. */
export class LineProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** what it said and nobody asked for yet */
  readonly #said: string[] = [];
  #listener: ((line: string | undefined) => void) | undefined;

  /** @param script a JavaScript file; its errors come out with the bench's own */
  constructor(script: string, argv: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [script, ...argv], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    // Read whether or not somebody listens: a full pipe would hold the process up.
    createInterface({ input: child.stdout })
      .on('line', (line) => this.#take(line))
      .on('close', () => this.#listener?.(undefined));
    this.#ended = new Promise((ended) => child.once('exit', () => ended()));
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the process did not start');
    return pid;
  }

  /** @throws Error where the process ends instead of saying anything */
  async hear<Said>(): Promise<Said> {
    const line = this.#said.shift() ?? (await this.#next());
    if (line === undefined) throw new Error(`${this.#child.spawnargs.join(' ')} ended without an answer`);
    return JSON.parse(line) as Said;
  }

  ask<Answer>(question: object): Promise<Answer> {
    this.tell(question);
    return this.hear<Answer>();
  }

  /** What is answered later, or not at all. */
  tell(said: object): void {
    this.#child.stdin?.write(`${JSON.stringify(said)}\n`);
  }

  /** Ends what it reads, upon which it ends itself; a program that does not read is sent a signal. */
  async stop(signal?: NodeJS.Signals): Promise<void> {
    if (signal === undefined) this.#child.stdin?.end();
    else this.#child.kill(signal);
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), STOP_AFTER_MS);
    await this.#ended;
    clearTimeout(kill);
  }

  #next(): Promise<string | undefined> {
    return new Promise((heard) => (this.#listener = heard));
  }

  #take(line: string): void {
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener) listener(line);
    else this.#said.push(line);
  }
}
