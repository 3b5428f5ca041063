import { createHash } from 'node:crypto';
import type { JsonObject } from '../decider/json.js';
import { apiProblem, refusedBy } from './api-problem.js';
import type { ApiAnswer, BatonApi } from './baton-api.js';

const MOST_ROWS = 250;
/** Well below what the server takes in one body. */
const MOST_CHARACTERS = 600_000;

interface Waiting {
  /** the row as JSON, with its own key */
  readonly row: string;
  readonly key: string;
  readonly answer: (answer: ApiAnswer) => void;
  readonly fail: (fault: unknown) => void;
}

interface RowVerdict {
  readonly status: 'created' | 'repeated' | 'refused';
  readonly lead?: string;
  readonly problem?: JsonObject;
}

/**
 * Sends creations that wait for each other's round trip as one batch: what gathers while one is under way is the next.
 * Each row keeps its own key, so in whichever batch it comes, it is the same command.
 */
export class GatheredCreates implements BatonApi {
  #waiting: Waiting[] = [];
  #sending = false;

  constructor(private readonly api: BatonApi) {}

  get(path: string): Promise<ApiAnswer> {
    return this.api.get(path);
  }

  post(path: string, body: object, key: string): Promise<ApiAnswer> {
    if (path !== '/leads') return this.api.post(path, body, key);
    return new Promise((answer, fail) => {
      this.#waiting.push({ row: JSON.stringify({ ...body, key }), key, answer, fail });
      if (this.#sending) return;
      this.#sending = true;
      // The rows that are ready in this turn of the loop go together.
      setImmediate(() => void this.#send());
    });
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const rows = this.#next();
      try {
        const answer = await this.api.post(
          '/leads/batch',
          { leads: rows.map(({ row }) => JSON.parse(row) as object) },
          keyOf(rows),
        );
        rows.forEach((row, index) => settle(row, answer, index));
      } catch (fault) {
        rows.forEach(({ fail }) => fail(fault));
      }
    }
    this.#sending = false;
  }

  #next(): readonly Waiting[] {
    let characters = 0;
    const fits = this.#waiting.findIndex(({ row }, index) => {
      characters += row.length;
      return index > 0 && (index >= MOST_ROWS || characters > MOST_CHARACTERS);
    });
    return this.#waiting.splice(0, fits < 0 ? this.#waiting.length : fits);
  }
}

function settle({ answer, fail }: Waiting, batch: ApiAnswer, index: number): void {
  try {
    answer(batch.ok ? verdictOf((batch.body['verdicts'] as unknown as RowVerdict[])[index]) : batch);
  } catch (fault) {
    fail(fault);
  }
}

function verdictOf(verdict: RowVerdict | undefined): ApiAnswer {
  if (!verdict) throw new Error('the server answered fewer rows than it was sent');
  const { status, lead, problem } = verdict;
  if (problem) return refusedBy(apiProblem(problem['status'] as number, problem));
  return { ok: true, body: { lead, repeated: status === 'repeated' } };
}

const keyOf = (rows: readonly Waiting[]): string =>
  `sha256:${createHash('sha256')
    .update(rows.map(({ key }) => key).join(' '))
    .digest('hex')}`;
