import { IsIn, IsOptional } from 'class-validator';
import { IsCode, IsUuid } from './field-rules.js';
import { TimedDto } from './lead.dto.js';

export class ChangeConsentDto extends TimedDto {
  /** @example withdrawn */
  @IsIn(['given', 'withdrawn'])
  consent!: 'given' | 'withdrawn';

  /** What for; being contacted where absent. @example contact */
  @IsOptional()
  @IsCode()
  purpose?: string;
}

export class MergeContactDto extends TimedDto {
  /** The contact that goes on. @example 82cecaaa-2f27-833c-8bab-bee813b4d291 */
  @IsUuid()
  into!: string;

  @IsCode()
  reason!: string;
}
