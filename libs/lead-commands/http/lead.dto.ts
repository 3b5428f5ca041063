import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsDefined,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { BUDGET_BANDS, COMPANY_SIZE_BANDS, SENIORITIES, TIMELINES } from '../../agreements/profile.js';
import { IsCode, IsEmailAddress, IsInstant, IsOpaqueId, IsTelephoneNumber } from './field-rules.js';

/** When it happened, for all commands. */
export class TimedDto {
  /**
   * When it happened; now where absent. Never in the future.
   * @example 2026-03-01T09:30:00Z
   */
  @IsOptional()
  @IsInstant()
  occurredAt?: string;

  /** false: the source gave no time and `occurredAt` is the nearest later one that it gave. */
  @IsOptional()
  @Equals(false)
  timeKnown?: false;
}

/** A team, or one of its people. */
export class OwnerDto {
  /** @example north-marketing */
  @IsOpaqueId()
  team!: string;

  /** Subject of the person's token. @example maria */
  @IsOptional()
  @IsOpaqueId()
  person?: string;
}

/** One person of a team. */
export class PersonDto {
  /** @example north-sales */
  @IsOpaqueId()
  team!: string;

  /** @example sven */
  @IsOpaqueId()
  person!: string;
}

/** What is known of a lead beside the person: codes and bands, never free text. */
export class ProfileDto {
  /** @example default */
  @IsOptional()
  @IsCode()
  segment?: string;

  /** @example manufacturing */
  @IsOptional()
  @IsCode()
  industry?: string;

  @IsOptional()
  @IsIn(COMPANY_SIZE_BANDS)
  companySizeBand?: (typeof COMPANY_SIZE_BANDS)[number];

  @IsOptional()
  @IsIn(BUDGET_BANDS)
  budgetBand?: (typeof BUDGET_BANDS)[number];

  @IsOptional()
  @IsIn(SENIORITIES)
  seniority?: (typeof SENIORITIES)[number];

  @IsOptional()
  @IsIn(TIMELINES)
  timeline?: (typeof TIMELINES)[number];

  /** ISO 3166-1 alpha-2 in lower case. @example de */
  @IsOptional()
  @IsCode()
  country?: string;
}

/** By which a person is known. */
export class AddressesDto {
  /** @example ada@example.com */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  @IsEmailAddress()
  email?: string;

  /** @example +49 30 1234567 */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  @IsTelephoneNumber()
  phone?: string;
}

/** The person: stored only sealed, under a key of their own. */
export class DetailsDto extends AddressesDto {
  /** @example Ada Example */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  jobTitle?: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  companyName?: string;

  @IsOptional()
  @IsString()
  @MaxLength(253)
  companyDomain?: string;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  landingUrl?: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  clickId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(4000)
  note?: string;
}

/** The record in another system that a lead came from. */
export class ExternalRefDto {
  /** @example hubspot */
  @IsCode()
  system!: string;

  @IsOpaqueId()
  id!: string;
}

/** Where interest came from; `unknown` where that is not known. */
export class InterestFromDto extends TimedDto {
  /** @example organic_search */
  @IsCode()
  source!: string;

  /** @example warehouse-robots */
  @IsCode()
  topic!: string;

  @IsOptional()
  @IsCode()
  campaign?: string;

  @IsOptional()
  @IsCode()
  asset?: string;

  /** What the contact did. @example ["webinar-attended"] */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsCode({ each: true })
  behaviours?: string[];
}

export class CreateLeadDto extends InterestFromDto {
  /** The accountable marketing team or person. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => OwnerDto)
  steward!: OwnerDto;

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

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExternalRefDto)
  externalRef?: ExternalRefDto;
}

/** A row of a batch: a lead to create. */
export class LeadRowDto extends CreateLeadDto {
  /**
   * The row's own idempotency key, as if it had been sent alone: it is the same command wherever in whichever batch it
   * stands. Without it the batch's key and the row's place in it tell.
   */
  @IsOptional()
  @Matches(/^[\x20-\x7e]{1,255}$/, { message: 'must be 1 to 255 printable ASCII characters' })
  key?: string;
}

export class CreateLeadsDto {
  /** `LeadRowDto` each; one verdict per row: a refused row does not stop the others. @example [{ "source": "fair", "topic": "warehouse-robots", "steward": { "team": "north-marketing" } }] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @IsObject({ each: true })
  leads!: object[];
}
