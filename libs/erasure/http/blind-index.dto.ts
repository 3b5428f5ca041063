import { IsCode } from '../../lead-commands/http/field-rules.js';

export class RotatePepperDto {
  /** For the log. @example due */
  @IsCode()
  reason!: string;
}
