import { IsInt, IsObject, IsOptional, Matches, Min } from 'class-validator';
import { IsInstant } from './field-rules.js';

export class ProposeDto {
  /**
   * The whole content, as both teams will sign it.
   *
   * @example { "threshold": 50, "criteria": [{ "id": "industry", "attribute": "industry", "rules": [{ "anyOf": ["logistics"], "points": 50 }] }] }
   */
  @IsObject()
  content!: Record<string, unknown>;

  /** From when it shall hold; from the second signature where absent. Never retroactive. @example 2026-04-01T00:00:00Z */
  @IsOptional()
  @IsInstant()
  validFrom?: string;
}

export class SignDto {
  /** @example 2 */
  @IsInt()
  @Min(1)
  version!: number;

  /** SHA-256 of the content's JCS, as the proposal answered it: you sign what you have read. @example e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 */
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be a SHA-256 in lower-case hex' })
  contentHash!: string;
}

export class WithdrawDto {
  /** @example 2 */
  @IsInt()
  @Min(1)
  version!: number;
}
