import type { NumberRow } from './outcome-numbers.js';
import type { EvidencePage } from './leads-behind.js';
import type { EvidencePart } from './outcome-evidence.js';
import type { Scope } from './scope.js';

/** Which units a question is about: of each dimension one value, '' for none; months as `2026-03`, both inclusive. */
export interface AskedUnits {
  readonly only: Readonly<Partial<Record<string, string>>>;
  readonly fromMonth?: string;
  readonly toMonth?: string;
  /** ISO time up to which due times are over */
  readonly asOf: string;
  /** what `standstill` means by long */
  readonly olderThanDays: number;
}

export interface AskedRows extends AskedUnits {
  readonly by: readonly string[];
}

export interface AskedEvidence extends AskedUnits {
  readonly part: EvidencePart;
  readonly scope: Scope;
  /** the last lead of the page before */
  readonly after?: string;
  readonly limit: number;
}

/** One metric of the catalogue as some view can answer it: company-wide, the same for everybody who asks. */
export interface AnsweredMetric {
  /** undefined where there are more than `MOST_NUMBER_ROWS` */
  rows(asked: AskedRows): Promise<readonly NumberRow[] | undefined>;
  evidence(asked: AskedEvidence): Promise<EvidencePage>;
}
