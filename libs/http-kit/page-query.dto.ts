import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { MOST_CURSOR_LENGTH } from './cursor.js';

export const DEFAULT_PAGE_SIZE = 50;
export const MOST_PAGE_SIZE = 500;

export const IsPageLimit = () =>
  applyDecorators(
    ApiPropertyOptional({ minimum: 1, maximum: MOST_PAGE_SIZE, default: DEFAULT_PAGE_SIZE }),
    // Digits only: Number() would also take '0x10', '1e2' and ' 7'.
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    ),
    IsInt(),
    Min(1),
    Max(MOST_PAGE_SIZE),
  );

export const IsCursor = () =>
  applyDecorators(
    ApiPropertyOptional({ maxLength: MOST_CURSOR_LENGTH, description: 'The `next` of the page before.' }),
    IsOptional(),
    IsString(),
    MaxLength(MOST_CURSOR_LENGTH),
  );

/** `?limit=&cursor=` of every list; a query with more parameters extends it. */
export class PageQuery {
  @IsPageLimit()
  limit: number = DEFAULT_PAGE_SIZE;

  @IsCursor()
  cursor?: string;
}
