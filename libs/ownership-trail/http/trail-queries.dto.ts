import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../../http-kit/page-query.dto.js';
import { IsInstant, IsOpaqueId, IsUuid } from '../../lead-commands/http/field-rules.js';
import { OWNER_ROLES, type OwnerRole } from '../../lead-lifecycle/ownership.js';
import { IsPlaceFilter } from '../../team-views/http/filter-rules.js';

export class AfterQuery {
  /** Waits, within bounds, until this revision is sealed. @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsPlaceFilter()
  after?: string;
}

class SealedPageQuery extends PageQuery {
  /** Waits, within bounds, until this revision is sealed. @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsPlaceFilter()
  after?: string;
}

export class LeadOwnershipQuery extends SealedPageQuery {
  /** Who had it at this instant; without it all intervals are told. */
  @IsOptional()
  @IsInstant()
  at?: string;

  /** With `at`. `happened`: by all that is sealed today. `known`: by what had been recorded at that instant. */
  @IsOptional()
  @IsIn(['happened', 'known'])
  as?: 'happened' | 'known';
}

class SealedPeriodQuery extends SealedPageQuery {
  /** Inclusive. @example 2026-01-01T00:00:00Z */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** Exclusive. @example 2026-04-01T00:00:00Z */
  @IsOptional()
  @IsInstant()
  to?: string;
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
