import { IsInt, Matches, Max, Min } from 'class-validator';
import { IsCode, IsUuid } from './field-rules.js';

export class AnnounceKeyDto {
  /** The public key in the text form of C2SP signed-note, type Ed25519 (1). @example baton-events+8e68ce61+ARSsZDH/swDNAHeI6P3qXamhId1dLS2eCMpLKIF31BKL */
  @Matches(/^[^\s+]{1,255}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/, { message: 'must be a vkey: name+key id+key' })
  vkey!: string;
}

export class RetireKeyDto {
  /** The id in its vkey. @example 0b6a3d2f */
  @Matches(/^[0-9a-f]{8}$/, { message: 'must be 8 lower-case hex digits' })
  key!: string;

  /** @example rotated */
  @IsCode()
  reason!: string;
}

/** An event as it stands in the store, exactly. */
export class QuarantinedEventDto {
  /** Its id. @example 8efe89fa-6795-8b9d-a30a-a72ff65741a3 */
  @IsUuid()
  event!: string;

  /** @example lead-0198c0de-0000-8000-8000-000000000000 */
  @Matches(/^[a-z]+-[A-Za-z0-9_.:-]{1,200}$/, { message: 'must be the name of a stream' })
  stream!: string;

  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  revision!: number;

  /** SHA-256 of the body of the leaf that it would be sealed as, in hex: the sealer's alarm names it. */
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be a SHA-256 in lower-case hex' })
  bodyHash!: string;
}

export class ProposeQuarantineDto extends QuarantinedEventDto {
  /** @example restored-store */
  @IsCode()
  reason!: string;
}
