import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { IsInstant } from '../../lead-commands/http/field-rules.js';
import { FILE_FORMATS, type FileFormat } from '../export-formats.js';

const flag = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

export class ExportRangeQuery {
  /** Inclusive. @example 2026-01-01T00:00:00Z */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** Exclusive. @example 2026-04-01T00:00:00Z */
  @IsOptional()
  @IsInstant()
  to?: string;

  /** Adds the columns about the person behind each lead; for the role privacy alone, and logged. */
  @IsOptional()
  @Transform(flag)
  @IsBoolean()
  withPersonalData: boolean = false;
}

export class ExportFormatQuery extends ExportRangeQuery {
  @IsOptional()
  @IsIn(FILE_FORMATS)
  format: FileFormat = 'ndjson';
}
