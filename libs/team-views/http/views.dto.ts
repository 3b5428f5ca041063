import { IsIn, IsOptional } from 'class-validator';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { FUNNEL_DIMENSIONS, type FunnelDimension } from '../../metric-catalogue/metric.js';
import { CARD_SORTS, type SortKey } from '../lead-cards.js';
import { AfterPageQuery, AfterQuery } from './after.dto.js';
import { IsMonthFilter, IsSomeOf, IsStatesFilter, IsTextFilter } from './filter-rules.js';

export class CardsQuery extends AfterPageQuery {
  /** Leads as they were known at this time, within your present sight; goes with `limit` and `cursor` only. */
  @IsOptional()
  @IsInstant()
  asOf?: string;

  /** By commas: `offered,working.contacted`. */
  @IsStatesFilter()
  state?: string[];

  @IsTextFilter(128)
  stewardTeam?: string;

  @IsTextFilter(128)
  offereeTeam?: string;

  @IsTextFilter(128)
  workerTeam?: string;

  /** Who works it or is offered it. */
  @IsTextFilter(128)
  salesPerson?: string;

  @IsTextFilter(64)
  source?: string;

  @IsTextFilter(64)
  topic?: string;

  @IsTextFilter(64)
  campaign?: string;

  @IsTextFilter(64)
  externalSystem?: string;

  /** With `externalSystem`: the leads that it knows by this id. */
  @IsTextFilter(128)
  externalId?: string;

  @IsOptional()
  @IsIn(CARD_SORTS)
  sort?: SortKey;

  @IsOptional()
  @IsIn(['ascending', 'descending'])
  direction?: 'ascending' | 'descending';
}

export class FunnelRowsQuery extends AfterQuery {
  /** By commas; the rows are apart by these. @example source,month */
  @IsSomeOf(FUNNEL_DIMENSIONS, FUNNEL_DIMENSIONS.length)
  by?: FunnelDimension[];

  @IsTextFilter(64)
  source?: string;

  @IsTextFilter(64)
  topic?: string;

  @IsTextFilter(64)
  campaign?: string;

  /** First month of creation, inclusive. @example 2026-01 */
  @IsMonthFilter()
  from?: string;

  /** Last month of creation, inclusive. */
  @IsMonthFilter()
  to?: string;
}
