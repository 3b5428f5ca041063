import { IsBoolean, IsOptional } from 'class-validator';
import { IsCode, IsOpaqueId } from '../../lead-commands/http/field-rules.js';
import { AddressesDto } from '../../lead-commands/http/lead.dto.js';

/** One of them. */
export class FindDataSubjectDto extends AddressesDto {}

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
