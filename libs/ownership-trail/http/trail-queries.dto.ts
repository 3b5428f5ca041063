import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsOpaqueId, IsUuid } from '../../lead-commands/http/field-rules.js';
import { PastQuery } from '../../lead-commands/http/times.dto.js';
import { OWNER_ROLES, type OwnerRole } from '../../lead-lifecycle/ownership.js';
import { AfterPageQuery, PeriodPageQuery } from '../../team-views/http/after.dto.js';

/** With `at`: who had it at that instant; without, all intervals are told. */
export class LeadOwnershipQuery extends IntersectionType(AfterPageQuery, PastQuery) {}

/** Of a team, a person, or a person in a team; the period is of effective time. */
export class SealedHeldQuery extends PeriodPageQuery {
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
export class SealedChangesQuery extends PeriodPageQuery {
  /** As the events name it: a person, a service or a rule. */
  @IsOptional()
  @IsOpaqueId()
  actor?: string;

  @IsOptional()
  @IsUuid()
  lead?: string;
}
