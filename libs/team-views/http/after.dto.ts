import { IntersectionType } from '@nestjs/swagger';
import { PageQuery } from '../../http-kit/page-query.dto.js';
import { PeriodQuery } from '../../lead-commands/http/times.dto.js';
import { IsPlaceFilter } from './filter-rules.js';

/** A question that waits for what the caller has just written. */
export class AfterQuery {
  /** Waits, within bounds, until the answer is as of this revision of a lead. @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsPlaceFilter()
  after?: string;
}

export class AfterPageQuery extends IntersectionType(PageQuery, AfterQuery) {}

/** A page of what was in a period. */
export class PeriodPageQuery extends IntersectionType(AfterPageQuery, PeriodQuery) {}
