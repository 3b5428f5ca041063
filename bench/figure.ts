/** One line of the bench's table. `must` is what has to be reached, `aim` what we would like. */
export interface BenchFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly must?: number;
  readonly aim?: number;
  readonly better: 'higher' | 'lower';
  readonly note?: string;
}

/** A figure that could not be measured here, and what would make it possible. */
export interface SkippedFigure {
  readonly name: string;
  readonly skipped: string;
}

/** What each `*.bench.ts` exports as `run`. */
export type Bench = () => Promise<readonly (BenchFigure | SkippedFigure)[]>;

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The value below which the given part (0..1) of all values lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
