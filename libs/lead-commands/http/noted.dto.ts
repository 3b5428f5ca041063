import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsCode, IsInstant } from './field-rules.js';
import { TimedDto } from './lead.dto.js';

export class NotedDto extends TimedDto {
  /** Free text; stored only sealed. */
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  note?: string;
}

export class ReasonedDto extends NotedDto {
  /** A code of the agreed list for this decision; free text alone is none. @example price.too-high */
  @IsCode()
  reason!: string;
}

export class ReturnDto extends ReasonedDto {
  /** When the lead may be taken up again. */
  @IsOptional()
  @IsInstant()
  resumeAt?: string;
}
