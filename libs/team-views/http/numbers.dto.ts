import { IsIn, IsOptional } from 'class-validator';
import { IsCursor, IsPageLimit, DEFAULT_PAGE_SIZE } from '../../http-kit/page-query.dto.js';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { FUNNEL_DIMENSIONS } from '../../metric-catalogue/metric.js';
import { OUTCOME_DIMENSIONS } from '../../metric-catalogue/outcome-metric.js';
import { AGE_BANDS, STANDING_DIMENSIONS } from '../../metric-catalogue/standing-metric.js';
import { EVIDENCE_PARTS, type EvidencePart } from '../outcome-evidence.js';
import { IsMonthFilter, IsSomeOf, IsStandstillDays, IsTextFilter } from './filter-rules.js';
import { AfterQuery } from './after.dto.js';

const MOST_APART = 4;
/** Of all metrics; which of them one has stands in the catalogue. */
export const NUMBER_DIMENSIONS = [
  ...new Set([...FUNNEL_DIMENSIONS, ...OUTCOME_DIMENSIONS, ...STANDING_DIMENSIONS] as const),
];
export type NumberDimension = (typeof NUMBER_DIMENSIONS)[number];

/** Which units a number is over: those that have all that is given; an empty value stands for none. */
export class UnitsQuery extends AfterQuery {
  /** First month that a unit is booked to, inclusive. @example 2026-01 */
  @IsMonthFilter()
  from?: string;

  /** Last month, inclusive. */
  @IsMonthFilter()
  to?: string;

  /** For numbers with a due time: what is not yet due at that moment is left out. Default: now. */
  @IsOptional()
  @IsInstant()
  asOf?: string;

  /** For `standstill`: longer than this in the same state. Default: 14. */
  @IsOptional()
  @IsStandstillDays()
  olderThanDays?: number;

  @IsMonthFilter()
  month?: string;

  /** Down to the sub-state; `phase` is without it. @example working.contacted */
  @IsTextFilter(64)
  state?: string;

  @IsTextFilter(64)
  phase?: string;

  /** Days in the present state. */
  @IsOptional()
  @IsIn(AGE_BANDS.map(({ band }) => band))
  age?: string;

  @IsTextFilter(128)
  stewardPerson?: string;

  @IsTextFilter(64)
  source?: string;

  @IsTextFilter(64)
  topic?: string;

  @IsTextFilter(64)
  campaign?: string;

  @IsTextFilter(64)
  segment?: string;

  /** Whom the unit is booked to. */
  @IsTextFilter(128)
  team?: string;

  @IsTextFilter(128)
  person?: string;

  /** The marketing team that was steward then. */
  @IsTextFilter(128)
  steward?: string;

  @IsTextFilter(64)
  reason?: string;

  @IsTextFilter(64)
  faultDomain?: string;

  /** Segment and version. @example default@2 */
  @IsTextFilter(80)
  policyVersion?: string;

  /** Segment and version; version 0 is the shipped default. @example default@0 */
  @IsTextFilter(80)
  agreementVersion?: string;

  @IsTextFilter(64)
  tag?: string;

  @IsTextFilter(64)
  asset?: string;

  @IsTextFilter(64)
  currency?: string;
}

export class NumbersOfMetricQuery extends UnitsQuery {
  /** By commas; the rows are apart by these, one row over all without. @example source,month */
  @IsSomeOf(NUMBER_DIMENSIONS, MOST_APART)
  by?: NumberDimension[];
}

export class EvidenceOfNumberQuery extends UnitsQuery {
  /** Of a share: only the units it counts; or those it counts apart. */
  @IsOptional()
  @IsIn(EVIDENCE_PARTS)
  part: EvidencePart = 'all';

  @IsPageLimit()
  limit: number = DEFAULT_PAGE_SIZE;

  @IsCursor()
  cursor?: string;
}
