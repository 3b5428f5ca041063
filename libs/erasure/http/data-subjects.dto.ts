import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsCode, IsOpaqueId } from '../../lead-commands/http/field-rules.js';

export class FindDataSubjectDto {
  /** @example ada@example.com */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  email?: string;

  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string;
}

export class ReasonDto {
  /** @example data-subject-request */
  @IsCode()
  reason!: string;
}

export class PlaceLegalHoldDto extends ReasonDto {
  /** The case's number, by which it is known elsewhere: never a name. @example case-2026-17 */
  @IsOpaqueId()
  matter!: string;
}

export class RequestErasureDto extends ReasonDto {
  /** Remember, by a keyed hash alone, that these addresses are not to be contacted. Default: no. */
  @IsOptional()
  @IsBoolean()
  keepOptOut?: boolean;
}
