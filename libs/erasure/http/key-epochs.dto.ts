import { IsCode } from '../../lead-commands/http/field-rules.js';

export class BeginEpochDto {
  /** For the log. @example due */
  @IsCode()
  reason!: string;
}
