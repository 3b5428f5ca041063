import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { INITIAL_LEAF, LEAVES, topState } from '../../lead-lifecycle/fold-table.js';
import { MOST_STANDSTILL_DAYS } from '../../metric-catalogue/standing-metrics.js';

/**
 * What a query parameter that narrows an answer may hold where it is given. The API's description takes rules from the
 * decorators that stand at a field itself; those in here are told to it besides.
 */

const PLACE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}@\d{1,15}$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export const IsTextFilter = (mostCharacters: number) =>
  applyDecorators(IsOptional(), IsString(), MaxLength(mostCharacters), ApiProperty({ maxLength: mostCharacters }));

/** A command's answer names `lead@revision`; the query then waits, bounded, until its view has that. */
export const IsPlaceFilter = () =>
  applyDecorators(IsOptional(), Matches(PLACE, { message: 'must be lead@revision, as a command answered it' }));

export const IsMonthFilter = () =>
  applyDecorators(
    IsOptional(),
    Matches(MONTH, { message: 'must be a month such as 2026-03' }),
    ApiProperty({ pattern: MONTH.source }),
  );

/** A switch that only narrows: `true`, or left out. */
export const IsTrueFilter = () =>
  applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value)),
    IsIn([true], { message: 'must be true where it is given' }),
    ApiProperty({ enum: [true] }),
  );

/** All that a lead can stand in, with and without the sub-state. */
const STATES = [...new Set(LEAVES.flatMap((leaf) => (leaf === INITIAL_LEAF ? [] : [topState(leaf), leaf])))];

/** By commas: `offered,working.contacted`. */
export const IsStatesFilter = () => IsSomeOf(STATES, 20);

/** By commas: at most so many of these words. */
export const IsSomeOf = (words: readonly string[], most: number) =>
  applyDecorators(IsOptional(), IsList(most), IsIn(words, { each: true }), ApiProperty({ enum: words, isArray: true }));

const IsList = (most: number) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value)),
    IsArray(),
    ArrayMaxSize(most),
  );

/** In the same state for longer than so many days. */
export const IsStandstillDays = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value,
    ),
    IsInt(),
    Min(0),
    Max(MOST_STANDSTILL_DAYS),
    ApiProperty({ minimum: 0, maximum: MOST_STANDSTILL_DAYS }),
  );
