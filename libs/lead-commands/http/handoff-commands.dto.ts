import { Type } from 'class-transformer';
import { IsDefined, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { IsCode, IsOpaqueId, IsUuid } from './field-rules.js';
import { OwnerDto, PersonDto, TimedDto } from './lead.dto.js';
import { NotedDto, ReasonedDto, ReturnDto } from './noted.dto.js';

export class HoldDto extends ReasonedDto {
  /** The sales team it waits for. */
  @IsOpaqueId()
  team!: string;
}

export class ReleaseDto extends NotedDto {
  @IsOptional()
  @IsCode()
  reason?: string;
}

export class HandOffDto extends ReasonedDto {
  /** A salesperson, or a team's queue where no person is named. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => OwnerDto)
  offeree!: OwnerDto;
}

export class AcceptDto extends TimedDto {
  /** The offer that is answered; the open one where absent. */
  @IsOptional()
  @IsUuid()
  offerId?: string;

  /** Imported history only: who accepted. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PersonDto)
  worker?: PersonDto;
}

export class RejectDto extends ReturnDto {
  @IsOptional()
  @IsUuid()
  offerId?: string;
}

export class ExpireDto extends TimedDto {
  @IsUuid()
  offerId!: string;
}
