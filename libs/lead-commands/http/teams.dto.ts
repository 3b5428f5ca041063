import { IsIn, IsInt, IsString, Max, MaxLength, Min, MinLength, ValidateIf } from 'class-validator';
import { TEAM_KINDS, type TeamKind } from '../../agreements/team.js';
import { IsOpaqueId } from './field-rules.js';

export class FormTeamDto {
  /** @example marketing */
  @IsIn(TEAM_KINDS)
  kind!: TeamKind;

  /** A business name. @example Marketing North */
  @IsString()
  @MinLength(1)
  @MaxLength(80)
  name!: string;
}

export class OnePersonDto {
  /** Subject of the person's token. @example maria */
  @IsOpaqueId()
  person!: string;
}

export class DeclareCapacityDto {
  /** How many open leads the team can work at a time; null: as many as come. @example 120 */
  @ValidateIf((_, value) => value !== null)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  openLeads!: number | null;
}
