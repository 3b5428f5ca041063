import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PastQuery } from '../../lead-commands/http/times.dto.js';
import { OWNER_ROLES, type OwnerRole } from '../current-owners.js';
import { AfterQuery, PeriodPageQuery } from './after.dto.js';
import { IsTextFilter } from './filter-rules.js';

/** Without `at`: now. */
export class OwnersQuery extends IntersectionType(PastQuery, AfterQuery) {}

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
