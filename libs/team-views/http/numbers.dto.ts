import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { MOST_CURSOR_LENGTH } from '../../http-kit/cursor.js';
import { DEFAULT_PAGE_SIZE, MOST_PAGE_SIZE } from '../../http-kit/page-query.dto.js';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { FUNNEL_DIMENSIONS } from '../../metric-catalogue/metric.js';
import { OUTCOME_DIMENSIONS } from '../../metric-catalogue/outcome-metric.js';
import { AGE_BANDS, STANDING_DIMENSIONS } from '../../metric-catalogue/standing-metric.js';
import { MOST_STANDSTILL_DAYS } from '../../metric-catalogue/standing-metrics.js';
import { EVIDENCE_PARTS, type EvidencePart } from '../outcome-evidence.js';
import { AfterQuery } from './views.dto.js';

const MOST_APART = 4;
/** Of all metrics; which of them one has stands in the catalogue. */
export const NUMBER_DIMENSIONS = [
  ...new Set([...FUNNEL_DIMENSIONS, ...OUTCOME_DIMENSIONS, ...STANDING_DIMENSIONS] as const),
];
export type NumberDimension = (typeof NUMBER_DIMENSIONS)[number];
const list = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);
const IsMonth = () => Matches(/^\d{4}-(0[1-9]|1[0-2])$/, { message: 'must be a month such as 2026-03' });

/** Which units a number is over: those that have all that is given; an empty value stands for none. */
export class UnitsQuery extends AfterQuery {
  /** First month that a unit is booked to, inclusive. @example 2026-01 */
  @IsOptional()
  @IsMonth()
  from?: string;

  /** Last month, inclusive. */
  @IsOptional()
  @IsMonth()
  to?: string;

  /** For numbers with a due time: what is not yet due at that moment is left out. Default: now. */
  @IsOptional()
  @IsInstant()
  asOf?: string;

  /** For `standstill`: longer than this in the same state. Default: 14. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(0)
  @Max(MOST_STANDSTILL_DAYS)
  olderThanDays?: number;

  @IsOptional()
  @IsMonth()
  month?: string;

  /** Down to the sub-state; `phase` is without it. @example working.contacted */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  state?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  phase?: string;

  /** Days in the present state. */
  @IsOptional()
  @IsIn(AGE_BANDS.map(({ band }) => band))
  age?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  stewardPerson?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  source?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  topic?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  campaign?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  segment?: string;

  /** Whom the unit is booked to. */
  @IsOptional()
  @IsString()
  @MaxLength(128)
  team?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  person?: string;

  /** The marketing team that was steward then. */
  @IsOptional()
  @IsString()
  @MaxLength(128)
  steward?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  reason?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  faultDomain?: string;

  /** Segment and version. @example default@2 */
  @IsOptional()
  @IsString()
  @MaxLength(80)
  policyVersion?: string;

  /** Segment and version; version 0 is the shipped default. @example default@0 */
  @IsOptional()
  @IsString()
  @MaxLength(80)
  agreementVersion?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  tag?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  asset?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  currency?: string;
}

export class NumbersOfMetricQuery extends UnitsQuery {
  /** By commas; the rows are apart by these, one row over all without. @example source,month */
  @IsOptional()
  @Transform(list)
  @IsArray()
  @ArrayMaxSize(MOST_APART)
  @IsIn(NUMBER_DIMENSIONS, { each: true })
  by?: NumberDimension[];
}

export class EvidenceOfNumberQuery extends UnitsQuery {
  /** Of a share: only the units it counts; or those it counts apart. */
  @IsOptional()
  @IsIn(EVIDENCE_PARTS)
  part: EvidencePart = 'all';

  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(1)
  @Max(MOST_PAGE_SIZE)
  limit: number = DEFAULT_PAGE_SIZE;

  @IsOptional()
  @IsString()
  @MaxLength(MOST_CURSOR_LENGTH)
  cursor?: string;
}
