import { IsIn, IsOptional } from 'class-validator';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { DEFAULT_STANDSTILL_DAYS } from '../../metric-catalogue/standing-metrics.js';
import { HOLDER_ROLES, type HolderRole } from '../card-filter.js';
import { AfterPageQuery, AfterQuery } from './after.dto.js';
import { IsStandstillDays, IsStatesFilter, IsTextFilter, IsTrueFilter } from './filter-rules.js';

const SORT_KEYS = ['updated', 'created', 'stateSince', 'score'] as const;

/** What every list of leads can be narrowed by, and sorted. */
export class LeadListQuery extends AfterPageQuery {
  @IsStatesFilter()
  state?: string[];

  @IsTextFilter(64)
  source?: string;

  @IsTextFilter(64)
  topic?: string;

  @IsTextFilter(64)
  campaign?: string;

  @IsTextFilter(128)
  stewardTeam?: string;

  @IsTextFilter(128)
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
  @IsTrueFilter()
  silent?: true;
}

export class SalesBoardQuery extends LeadListQuery {
  /** One of the team: who is offered it, works or lost it. */
  @IsTextFilter(128)
  person?: string;
}

/** Of one sales team or salesperson. */
export class SalesListQuery extends AfterPageQuery {
  @IsTextFilter(128)
  team?: string;

  @IsTextFilter(128)
  person?: string;
}

export class OffersQuery extends SalesBoardQuery {
  @IsTextFilter(128)
  team?: string;

  /** `true`: those whose time to answer is over. */
  @IsTrueFilter()
  late?: true;
}

export class StandstillQuery extends LeadListQuery {
  /** Longer than this in the same state. */
  @IsStandstillDays()
  olderThanDays: number = DEFAULT_STANDSTILL_DAYS;

  @IsTextFilter(128)
  salesTeam?: string;

  @IsTextFilter(128)
  salesPerson?: string;
}

/** Of one role, or of one team that the person has left. */
export class LeaversQuery extends LeadListQuery {
  @IsOptional()
  @IsIn(HOLDER_ROLES)
  role?: HolderRole;

  @IsTextFilter(128)
  team?: string;

  @IsTextFilter(128)
  person?: string;
}

export class HygieneQuery extends AfterQuery {
  @IsTextFilter(128)
  team?: string;

  @IsTextFilter(128)
  person?: string;
}
