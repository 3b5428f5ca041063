import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { DEFAULT_PAGE_SIZE, IsCursor, IsPageLimit } from '../../http-kit/page-query.dto.js';
import { PastQuery, PeriodQuery } from '../../lead-commands/http/times.dto.js';
import { OWNER_ROLES, type OwnerRole } from '../current-owners.js';
import { IsPlaceFilter, IsTextFilter } from './filter-rules.js';

/** Without `at`: now. */
export class OwnersQuery extends PastQuery {
  /** @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsPlaceFilter()
  after?: string;
}

class PeriodPageQuery extends PeriodQuery {
  @IsPageLimit()
  limit: number = DEFAULT_PAGE_SIZE;

  @IsCursor()
  cursor?: string;

  /** @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsPlaceFilter()
  after?: string;
}

/** Of a team, a person, or a person in a team. */
export class HeldQuery extends PeriodPageQuery {
  @IsTextFilter(128)
  team?: string;

  @IsTextFilter(128)
  person?: string;

  @IsOptional()
  @IsIn(OWNER_ROLES)
  role?: OwnerRole;
}

export class ChangesQuery extends PeriodPageQuery {
  /** Who made them, as the events name them: a person, a service or `rule`. */
  @IsString()
  @MaxLength(128)
  actor!: string;
}
