import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { PageQuery } from '../../http-kit/page-query.dto.js';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { AfterQuery, IsPlace, IsStateList } from './views.dto.js';

const yesOrNo = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;
const digits = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value;
const MOST_DAYS = 3_650;

/** A page of leads that waits for what the caller has just written. */
export class ListQuery extends PageQuery {
  @IsOptional()
  @IsPlace()
  after?: string;
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

export class MarketingBoardQuery extends ListQuery {
  @IsOptional()
  @IsStateList()
  state?: string[];

  @IsOptional()
  @IsString()
  @MaxLength(128)
  stewardTeam?: string;

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

  /** Nurtured leads whose resume date comes by then. */
  @IsOptional()
  @IsInstant()
  resumeBy?: string;

  /** `true`: nurtured leads without a touch for longer than their track, or else the agreement, allows. */
  @IsOptional()
  @Transform(yesOrNo)
  @IsIn([true], { message: 'must be true where it is given' })
  silent?: true;

  @IsOptional()
  @IsIn(['updated', 'created', 'stateSince', 'score'])
  sort?: 'updated' | 'created' | 'stateSince' | 'score';

  @IsOptional()
  @IsIn(['ascending', 'descending'])
  direction?: 'ascending' | 'descending';
}

export class OffersQuery extends SalesListQuery {
  /** `true`: those whose time to answer is over. */
  @IsOptional()
  @Transform(yesOrNo)
  @IsIn([true], { message: 'must be true where it is given' })
  late?: true;
}

export class StandstillQuery extends ListQuery {
  /** Longer than this in the same state. */
  @Transform(digits)
  @IsInt()
  @Min(0)
  @Max(MOST_DAYS)
  olderThanDays: number = 14;

  @IsOptional()
  @IsStateList()
  state?: string[];

  @IsOptional()
  @IsString()
  @MaxLength(128)
  stewardTeam?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  salesTeam?: string;
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
