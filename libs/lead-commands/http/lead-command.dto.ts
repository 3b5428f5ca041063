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
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { ATTRIBUTES } from '../../agreements/policy.js';
import { CHANNELS, STAGES } from '../../lead-lifecycle/lead-events.js';
import { IsCode, IsInstant, IsOpaqueId, IsUuid } from './field-rules.js';
import { DetailsDto, InterestFromDto, OwnerDto, PersonDto, ProfileDto, TimedDto } from './lead.dto.js';

export class NotedDto extends TimedDto {
  /** Free text; stored only sealed. */
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  note?: string;
}

export class ReasonedDto extends NotedDto {
  /** A code of the agreed list for this decision; free text alone is none. @example price.too-high */
  @IsCode()
  reason!: string;
}

class ReturnDto extends ReasonedDto {
  /** When the lead may be taken up again. */
  @IsOptional()
  @IsInstant()
  resumeAt?: string;
}

export class RecordInterestDto extends InterestFromDto {
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  note?: string;
}

class PointsDto {
  @IsCode()
  criterion!: string;

  @IsIn(ATTRIBUTES)
  attribute!: (typeof ATTRIBUTES)[number];

  @ValidateIf((_, value) => value !== null)
  @IsCode()
  input!: string | null;

  @IsInt()
  @Min(-1000)
  @Max(1000)
  points!: number;
}

class ScoreOverrideDto {
  @IsCode()
  reason!: string;

  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => PointsDto)
  points!: PointsDto[];
}

export class ScoreDto extends NotedDto {
  /** By hand: a reason of the agreed list and points; the rule scores without it. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScoreOverrideDto)
  override?: ScoreOverrideDto;
}

export class StartNurtureDto extends TimedDto {
  /** @example robots-basics */
  @IsCode()
  track!: string;

  @IsIn(CHANNELS)
  channel!: (typeof CHANNELS)[number];

  /** Days between two touches. */
  @IsInt()
  @Min(1)
  @Max(3650)
  cadenceDays!: number;

  /** Days after which silence is flagged; the agreement's where absent. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3650)
  maximumSilenceDays?: number;

  @IsInstant()
  resumeAt!: string;
}

export class WithdrawQualificationDto extends ReturnDto {}

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

export class DisqualifyDto extends NotedDto {
  /** Absent: countersigns what sales proposed. */
  @IsOptional()
  @IsCode()
  reason?: string;
}

export class ReassignDto extends ReasonedDto {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => PersonDto)
  worker!: PersonDto;
}

export class TransferStewardshipDto extends ReasonedDto {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => OwnerDto)
  steward!: OwnerDto;
}

export class CorrectDetailsDto extends TimedDto {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ProfileDto)
  profile?: ProfileDto;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DetailsDto)
  details?: DetailsDto;
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

export class RecommendMessageDto extends NotedDto {
  /** @example save-floor-space */
  @IsCode()
  message!: string;

  @IsOptional()
  @IsCode()
  product?: string;
}

export class MergeDto extends TimedDto {
  /** The lead of the same contact that goes on. */
  @IsUuid()
  into!: string;
}
