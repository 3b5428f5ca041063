import { codeOf, isPassing } from '../postgres/postgres-fault.js';
import type { Pool } from '../postgres/postgres-pool.js';
import type { KeyOperationCall, KeyOperations } from './key-operations.js';
import { KeyStoreFault } from './key-store.js';

const MOST_IN_GROUP = 256;
const MOST_WAITING = 4_096;
/** Repeated with the same ids every operation answers the same, so one whose answer was lost may be sent again. */
const MOST_TRIES = 3;

interface Waiting {
  readonly call: KeyOperationCall;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (fault: KeyStoreFault) => void;
}

/** Sends operations in groups, one under way at a time: what comes meanwhile shares the next commit. */
export class PostgresKeyWriter {
  private waiting: Waiting[] = [];
  private working: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly pool: Pool) {}

  /**
   * Runs an operation in the next group; its answer comes once the group is durable.
   *
   * @throws KeyStoreFault when the group could not be committed, or nobody knows whether it was
   */
  submit<Name extends keyof KeyOperations>(
    name: Name,
    ...args: Parameters<KeyOperations[Name]>
  ): Promise<ReturnType<KeyOperations[Name]>> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new KeyStoreFault('the key store is closed'));
      if (this.waiting.length >= MOST_WAITING) return reject(new KeyStoreFault('too many operations are waiting'));
      const call = { name, args } as KeyOperationCall;
      this.waiting.push({ call, resolve: (answer) => resolve(answer as ReturnType<KeyOperations[Name]>), reject });
      this.working ??= this.work();
    });
  }

  /** Takes nothing more and finishes what waits. */
  async close(): Promise<void> {
    this.closed = true;
    await this.working;
  }

  private async work(): Promise<void> {
    // After the whole round of I/O callbacks: requests that arrived together share the commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, MOST_IN_GROUP);
      try {
        const answers = await this.send(group.map(({ call }) => call));
        group.forEach(({ resolve }, at) => resolve(answers[at]));
      } catch (error) {
        const fault = new KeyStoreFault(`the key store answers ${codeOf(error)}`);
        for (const { reject } of group) reject(fault);
      }
    }
    this.working = undefined;
  }

  private async send(calls: readonly KeyOperationCall[]): Promise<readonly unknown[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        const { rows } = await this.pool.query<{ answers: readonly unknown[] }>(
          'select run_operations($1::jsonb) as answers',
          [JSON.stringify(calls)],
        );
        return rows[0]?.answers ?? [];
      } catch (error) {
        if (tries === MOST_TRIES || !isPassing(codeOf(error))) throw error;
      }
    }
  }
}
