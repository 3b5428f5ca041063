import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { PeriodQuery } from '../../lead-commands/http/times.dto.js';
import { FILE_FORMATS, type FileFormat } from '../export-formats.js';

const flag = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

export class ExportRangeQuery extends PeriodQuery {
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
