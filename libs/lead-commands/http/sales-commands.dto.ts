import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { CHANNELS, STAGES } from '../../lead-lifecycle/lead-events.js';
import { IsCode, IsInstant, IsUuid } from './field-rules.js';
import { OwnerDto, PersonDto } from './lead.dto.js';
import { NotedDto, ReasonedDto } from './noted.dto.js';

export class ContactDto extends NotedDto {
  @IsIn(CHANNELS)
  channel!: (typeof CHANNELS)[number];

  @IsIn(['outbound', 'inbound'])
  direction!: 'outbound' | 'inbound';

  /** Both sides spoke or wrote. */
  @IsBoolean()
  twoWay!: boolean;

  /** A person did it: automatic mail is no human touch. */
  @IsBoolean()
  human!: boolean;

  /** Who did it, where that is not the caller: for managers and services. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OwnerDto)
  by?: OwnerDto;

  /** The material that was used. */
  @IsOptional()
  @IsCode()
  asset?: string;

  @IsOptional()
  @IsCode()
  buyingStage?: string;

  /** What was actually pitched. */
  @IsOptional()
  @IsCode()
  pitched?: string;

  @IsOptional()
  @IsUuid()
  reservation?: string;
}

export class AdvanceDto extends NotedDto {
  @IsIn(STAGES)
  stage!: (typeof STAGES)[number];
}

export class SalesQualifyDto extends NotedDto {
  /** In conversation: the need is real. */
  @IsBoolean()
  needConfirmed!: boolean;

  /** In conversation: the potential is real. */
  @IsBoolean()
  potentialConfirmed!: boolean;
}

class RatedReasonDto extends ReasonedDto {
  /** The quality of the lead on the agreement's scale; it may also come later. */
  @IsOptional()
  @IsInt()
  rating?: number;
}

export class RecycleDto extends RatedReasonDto {
  @IsInstant()
  resumeAt!: string;
}

export class LoseDto extends RatedReasonDto {
  @IsOptional()
  @IsCode()
  competitor?: string;

  @IsOptional()
  @IsCode()
  asset?: string;
}

class MoneyDto {
  @IsNumber({ allowInfinity: false, allowNaN: false })
  @Min(0)
  @Max(1e12)
  amount!: number;

  /** ISO 4217 in lower case. @example eur */
  @IsCode()
  currency!: string;
}

export class WinDto extends NotedDto {
  /** null: the value is not known. */
  @IsDefined({ message: 'must be given; null where the value is not known' })
  @ValidateIf((_, value) => value !== null)
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  value!: MoneyDto | null;

  @IsOptional()
  @IsInt()
  rating?: number;
}

export class ReassignDto extends ReasonedDto {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => PersonDto)
  worker!: PersonDto;
}

export class RateDto extends NotedDto {
  @IsInt()
  rating!: number;

  /** The latest cycle that sales worked, where absent. */
  @IsOptional()
  @IsInt()
  @Min(1)
  cycle?: number;
}

export class RecordInsightDto extends NotedDto {
  @IsIn(['problem', 'wish', 'goal', 'objection', 'other'])
  insight!: 'problem' | 'wish' | 'goal' | 'objection' | 'other';

  /** @example ["integration", "erp"] */
  @IsArray()
  @ArrayMaxSize(20)
  @IsCode({ each: true })
  tags!: string[];
}
