import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsInstant } from './field-rules.js';

export class AsOfQuery {
  /** The lead as of this revision. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  revision?: number;

  /** The lead as of this time. */
  @IsOptional()
  @IsInstant()
  at?: string;

  /** With `at`: what had happened by then, or what was known by then. */
  @IsOptional()
  @IsIn(['happened', 'known'])
  as?: 'happened' | 'known';
}
