import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../../http-kit/page-query.dto.js';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { OWNER_ROLES, type OwnerRole } from '../current-owners.js';
import type { PastAs } from '../past-owners.js';
import { IsPlaceFilter, IsTextFilter } from './filter-rules.js';
import { AfterQuery } from './views.dto.js';

export class OwnersQuery extends AfterQuery {
  /** Default: now. */
  @IsOptional()
  @IsInstant()
  at?: string;

  /** `happened`: by all that is known today. `known`: by what had been recorded at that instant. */
  @IsOptional()
  @IsIn(['happened', 'known'])
  as?: PastAs;
}

class PeriodQuery extends PageQuery {
  @IsPlaceFilter()
  after?: string;

  /** Inclusive. */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** Exclusive. */
  @IsOptional()
  @IsInstant()
  to?: string;
}

/** Of a team, a person, or a person in a team. */
export class HeldQuery extends PeriodQuery {
  @IsTextFilter(128)
  team?: string;

  @IsTextFilter(128)
  person?: string;

  @IsOptional()
  @IsIn(OWNER_ROLES)
  role?: OwnerRole;
}

export class ChangesQuery extends PeriodQuery {
  /** Who made them, as the events name them: a person, a service or `rule`. */
  @IsString()
  @MaxLength(128)
  actor!: string;
}
