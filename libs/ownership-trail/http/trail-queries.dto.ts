import { IsIn, IsOptional } from 'class-validator';
import { DEFAULT_PAGE_SIZE, IsCursor, IsPageLimit } from '../../http-kit/page-query.dto.js';
import { IsOpaqueId, IsUuid } from '../../lead-commands/http/field-rules.js';
import { PastQuery, PeriodQuery } from '../../lead-commands/http/times.dto.js';
import { OWNER_ROLES, type OwnerRole } from '../../lead-lifecycle/ownership.js';
import { IsPlaceFilter } from '../../team-views/http/filter-rules.js';

export class AfterQuery {
  /** Waits, within bounds, until this revision is sealed. @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsPlaceFilter()
  after?: string;
}

/** With `at`: who had it at that instant; without, all intervals are told. */
export class LeadOwnershipQuery extends PastQuery {
  @IsPageLimit()
  limit: number = DEFAULT_PAGE_SIZE;

  @IsCursor()
  cursor?: string;

  /** Waits, within bounds, until this revision is sealed. @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsPlaceFilter()
  after?: string;
}

class SealedPeriodQuery extends PeriodQuery {
  @IsPageLimit()
  limit: number = DEFAULT_PAGE_SIZE;

  @IsCursor()
  cursor?: string;

  /** Waits, within bounds, until this revision is sealed. @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsPlaceFilter()
  after?: string;
}

/** Of a team, a person, or a person in a team; the period is of effective time. */
export class SealedHeldQuery extends SealedPeriodQuery {
  @IsOptional()
  @IsOpaqueId()
  team?: string;

  @IsOptional()
  @IsOpaqueId()
  person?: string;

  @IsOptional()
  @IsIn(OWNER_ROLES)
  role?: OwnerRole;
}

/** By an actor, of a lead, or both; the period is of recording. */
export class SealedChangesQuery extends SealedPeriodQuery {
  /** As the events name it: a person, a service or a rule. */
  @IsOptional()
  @IsOpaqueId()
  actor?: string;

  @IsOptional()
  @IsUuid()
  lead?: string;
}
