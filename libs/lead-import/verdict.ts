/** What became of a row. `repeated`: an earlier import did it already, and nothing changed. */
export const OUTCOMES = ['created', 'won', 'interest-recorded', 'repeated', 'refused', 'planned'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One line of the report. It names columns, rules and ids, and repeats nothing that stands in a cell. */
export interface Verdict {
  /** from 1, as in the file without its header */
  readonly row: number;
  /** absent where the row has none that may be shown */
  readonly externalId?: string;
  readonly outcome: Outcome;
  readonly lead?: string;
  /** why it was refused */
  readonly why?: string;
  /** what is strange about the row, and what was made of it */
  readonly odd: readonly string[];
}

/** Counts of verdicts, for the summary. */
export class Tally {
  readonly #counts = new Map<Outcome, number>();
  #odd = 0;

  add({ outcome, odd }: Verdict): void {
    this.#counts.set(outcome, this.of(outcome) + 1);
    if (odd.length > 0) this.#odd += 1;
  }

  of(outcome: Outcome): number {
    return this.#counts.get(outcome) ?? 0;
  }

  get odd(): number {
    return this.#odd;
  }

  get rows(): number {
    return OUTCOMES.reduce((sum, outcome) => sum + this.of(outcome), 0);
  }

  /** Such as `8000 rows: 7990 created, 10 refused; 60 odd`. */
  toString(): string {
    const counted = OUTCOMES.filter((outcome) => this.of(outcome) > 0).map(
      (outcome) => `${this.of(outcome)} ${outcome}`,
    );
    return `${this.rows} rows: ${counted.join(', ') || 'nothing to do'}; ${this.#odd} odd`;
  }
}
