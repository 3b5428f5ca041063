import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { PageQuery } from '../../http-kit/page-query.dto.js';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { FUNNEL_DIMENSIONS, type FunnelDimension } from '../../metric-catalogue/metric.js';
import { CARD_SORTS, type SortKey } from '../lead-cards.js';

const list = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);
const PLACE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}@\d{1,15}$/;

/** A command's answer names `lead@revision`; the query then waits, bounded, until its view has that. */
export const IsPlace = () => Matches(PLACE, { message: 'must be lead@revision, as a command answered it' });

/** By commas: `offered,working.contacted`. */
export const IsStateList = () =>
  applyDecorators(
    Transform(list),
    IsArray(),
    ArrayMaxSize(20),
    IsString({ each: true }),
    MaxLength(64, { each: true }),
  );

export class AfterQuery {
  /** @example 935495d8-3bf2-80f6-9542-088c7f9aba27@4 */
  @IsOptional()
  @IsPlace()
  after?: string;
}

export class CardsQuery extends PageQuery {
  /** Leads as they were known at this time, within your present sight; goes with `limit` and `cursor` only. */
  @IsOptional()
  @IsInstant()
  asOf?: string;

  @IsOptional()
  @IsPlace()
  after?: string;

  /** By commas: `offered,working.contacted`. */
  @IsOptional()
  @IsStateList()
  state?: string[];

  @IsOptional()
  @IsString()
  @MaxLength(128)
  stewardTeam?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  offereeTeam?: string;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  workerTeam?: string;

  /** Who works it or is offered it. */
  @IsOptional()
  @IsString()
  @MaxLength(128)
  salesPerson?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  source?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  topic?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  campaign?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  externalSystem?: string;

  /** With `externalSystem`: the leads that it knows by this id. */
  @IsOptional()
  @IsString()
  @MaxLength(128)
  externalId?: string;

  @IsOptional()
  @IsIn(CARD_SORTS)
  sort?: SortKey;

  @IsOptional()
  @IsIn(['ascending', 'descending'])
  direction?: 'ascending' | 'descending';
}

export class FunnelRowsQuery extends AfterQuery {
  /** By commas; the rows are apart by these. @example source,month */
  @IsOptional()
  @Transform(list)
  @IsArray()
  @ArrayMaxSize(FUNNEL_DIMENSIONS.length)
  @IsIn(FUNNEL_DIMENSIONS, { each: true })
  by?: FunnelDimension[];

  @IsOptional()
  @IsString()
  @MaxLength(64)
  source?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  topic?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  campaign?: string;

  /** First month of creation, inclusive. @example 2026-01 */
  @IsOptional()
  @Matches(/^\d{4}-(0[1-9]|1[0-2])$/, { message: 'must be a month such as 2026-03' })
  from?: string;

  /** Last month of creation, inclusive. */
  @IsOptional()
  @Matches(/^\d{4}-(0[1-9]|1[0-2])$/, { message: 'must be a month such as 2026-03' })
  to?: string;
}
