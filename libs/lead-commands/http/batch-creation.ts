import { ProblemException } from '../../http-kit/problem-exception.js';
import { DtoValidation } from '../../http-kit/dto-validation.js';
import type { Caller } from '../../http-kit/caller.js';
import type { Problem } from '../../http-kit/problem.js';
import type { LeadCreation } from '../lead-creation.js';
import { contactEvents, envelopeOf, problemOf, writtenEvents } from './command-answer.js';
import type { WrittenEvent } from './command-answer.dto.js';
import { createBodyOf } from './create-body.js';
import { LeadRowDto } from './lead.dto.js';

/** What became of one row of a batch. */
export interface RowVerdict {
  /** from 0 */
  readonly row: number;
  readonly status: 'created' | 'repeated' | 'refused';
  readonly lead?: string;
  readonly revision?: number;
  /** what the row wrote of the lead, each with its receipt */
  readonly events?: readonly WrittenEvent[];
  /** what it wrote of the person; for roles that read all leads */
  readonly contactEvents?: readonly WrittenEvent[];
  readonly problem?: Problem;
}

const AT_ONCE = 128;

/** Creates the rows of a batch, many at once, each with a verdict of its own. */
export class BatchCreation {
  readonly #validation = new DtoValidation();

  constructor(private readonly creation: LeadCreation) {}

  async create(rows: readonly object[], caller: Caller, key: string, requestId: string): Promise<RowVerdict[]> {
    const verdicts: RowVerdict[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let row = next++; row < rows.length; row = next++) {
        verdicts[row] = await this.#row(rows[row], row, caller, key, requestId);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, rows.length) }, work));
    return verdicts;
  }

  async #row(raw: unknown, row: number, caller: Caller, key: string, requestId: string): Promise<RowVerdict> {
    try {
      const checked = await this.#validation.transform(raw, { type: 'body', metatype: LeadRowDto });
      const { key: own, ...dto } = checked as LeadRowDto;
      const envelope =
        own === undefined
          ? { ...envelopeOf(caller, key, dto, requestId), row }
          : envelopeOf(caller, own, dto, requestId);
      const executed = await this.creation.create(createBodyOf(dto, caller), envelope);
      if (executed.kind !== 'done') return { row, status: 'refused', problem: problemOf(executed).problem };
      const { lead, revision, repeated } = executed;
      const events = writtenEvents(executed.events);
      return { row, status: repeated ? 'repeated' : 'created', lead, revision, events, ...contactEvents(executed) };
    } catch (fault) {
      if (fault instanceof ProblemException) return { row, status: 'refused', problem: fault.problem };
      throw fault;
    }
  }
}
