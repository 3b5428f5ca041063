import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { PageQuery } from '../../http-kit/page-query.dto.js';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { DEFAULT_STANDSTILL_DAYS, MOST_STANDSTILL_DAYS } from '../../metric-catalogue/standing-metrics.js';
import { HOLDER_ROLES, type HolderRole } from '../card-filter.js';
import { AfterQuery, IsPlace, IsStateList } from './views.dto.js';

const yesOrNo = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;
const digits = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value;

/** A page of leads that waits for what the caller has just written. */
export class ListQuery extends PageQuery {
  @IsOptional()
  @IsPlace()
  after?: string;
}

const SORT_KEYS = ['updated', 'created', 'stateSince', 'score'] as const;

/** What every list of leads can be narrowed by, and sorted. */
export class LeadListQuery extends ListQuery {
  @IsOptional()
  @IsStateList()
  state?: string[];

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
  @MaxLength(128)
  stewardTeam?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  stewardPerson?: string;

  /** Without it in the order in which to look at them. */
  @IsOptional()
  @IsIn(SORT_KEYS)
  sort?: (typeof SORT_KEYS)[number];

  /** Of `sort` descending unless told; of the list's own order its own. */
  @IsOptional()
  @IsIn(['ascending', 'descending'])
  direction?: 'ascending' | 'descending';
}

export class MarketingBoardQuery extends LeadListQuery {
  /** Nurtured leads whose resume date comes by then. */
  @IsOptional()
  @IsInstant()
  resumeBy?: string;

  /** `true`: nurtured leads without a touch for longer than their track, or else the agreement, allows. */
  @IsOptional()
  @Transform(yesOrNo)
  @IsIn([true], { message: 'must be true where it is given' })
  silent?: true;
}

export class SalesBoardQuery extends LeadListQuery {
  /** One of the team: who is offered it, works or lost it. */
  @IsOptional()
  @IsString()
  @MaxLength(128)
  person?: string;
}

/** Of one sales team or salesperson. */
export class SalesListQuery extends ListQuery {
  @IsOptional()
  @IsString()
  @MaxLength(128)
  team?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  person?: string;
}

export class OffersQuery extends SalesBoardQuery {
  @IsOptional()
  @IsString()
  @MaxLength(128)
  team?: string;

  /** `true`: those whose time to answer is over. */
  @IsOptional()
  @Transform(yesOrNo)
  @IsIn([true], { message: 'must be true where it is given' })
  late?: true;
}

export class StandstillQuery extends LeadListQuery {
  /** Longer than this in the same state. */
  @Transform(digits)
  @IsInt()
  @Min(0)
  @Max(MOST_STANDSTILL_DAYS)
  olderThanDays: number = DEFAULT_STANDSTILL_DAYS;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  salesTeam?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  salesPerson?: string;
}

/** Of one role, or of one team that the person has left. */
export class LeaversQuery extends LeadListQuery {
  @IsOptional()
  @IsIn(HOLDER_ROLES)
  role?: HolderRole;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  team?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  person?: string;
}

export class HygieneQuery extends AfterQuery {
  @IsOptional()
  @IsString()
  @MaxLength(128)
  team?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  person?: string;
}
