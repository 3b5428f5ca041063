import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsInstant } from './field-rules.js';

/** A period of time, open where a side is not given. */
export class PeriodQuery {
  /** Inclusive. @example 2026-01-01T00:00:00Z */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** Exclusive. @example 2026-04-01T00:00:00Z */
  @IsOptional()
  @IsInstant()
  to?: string;
}

/** How something stood at an instant. */
export class PastQuery {
  /** At this instant. @example 2026-03-01T12:00:00Z */
  @IsOptional()
  @IsInstant()
  at?: string;

  /** With `at`. `happened`: by all that is known today. `known`: by what had been recorded at that instant. */
  @IsOptional()
  @IsIn(['happened', 'known'])
  as?: 'happened' | 'known';
}

/** A lead as of a revision, or as of a time. */
export class AsOfQuery extends PastQuery {
  /** The lead as of this revision. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  revision?: number;
}
