import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
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
import { CHANNELS } from '../../lead-lifecycle/lead-events.js';
import { IsCode, IsInstant, IsUuid } from './field-rules.js';
import { DetailsDto, InterestFromDto, OwnerDto, ProfileDto, TimedDto } from './lead.dto.js';
import { NotedDto, ReasonedDto, ReturnDto } from './noted.dto.js';

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

export class DisqualifyDto extends NotedDto {
  /** Absent: countersigns what sales proposed. */
  @IsOptional()
  @IsCode()
  reason?: string;
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
