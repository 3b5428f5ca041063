import type { Json } from '../decider/json.js';
import { IV_BYTES, TAG_BYTES } from './aes-gcm.js';
import { STEP } from './padding.js';

/** Names the whole construction: key derivation, commitment, cipher and padding. Another one gets another name. */
export const ENVELOPE_ALG = 'lead-pii/v1';
const COMMITMENT_BYTES = 32;
const FIELDS = ['alg', 'ct', 'dek', 'iv', 'kc', 'tag'] as const;

/** Personal data as it stands in an event's `data.pii`; binary fields in base64url without padding. */
export type PiiEnvelope = {
  readonly alg: typeof ENVELOPE_ALG;
  /** version of the contact's data key, from 1 */
  readonly dek: number;
  /** 12 bytes */
  readonly iv: string;
  /** a positive multiple of 64 bytes */
  readonly ct: string;
  /** 16 bytes */
  readonly tag: string;
  /** commitment to the key, 32 bytes */
  readonly kc: string;
};

export interface EnvelopeParts {
  readonly dekVersion: number;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
  readonly commitment: Uint8Array;
}

/** The stored form. */
export function encodeEnvelope(parts: EnvelopeParts): PiiEnvelope {
  return {
    alg: ENVELOPE_ALG,
    dek: parts.dekVersion,
    iv: base64url(parts.iv),
    ct: base64url(parts.ciphertext),
    tag: base64url(parts.tag),
    kc: base64url(parts.commitment),
  };
}

/** The parts, or undefined where a field is missing, foreign, of another length or not in its one spelling. */
export function decodeEnvelope(value: Json | undefined): EnvelopeParts | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const fields = value as Readonly<Record<string, Json | undefined>>;
  if (Object.keys(fields).sort().join() !== FIELDS.join() || fields.alg !== ENVELOPE_ALG) return undefined;
  const dekVersion = fields.dek;
  if (typeof dekVersion !== 'number' || !Number.isSafeInteger(dekVersion) || dekVersion < 1) return undefined;
  const iv = bytesOf(fields.iv, IV_BYTES);
  const tag = bytesOf(fields.tag, TAG_BYTES);
  const commitment = bytesOf(fields.kc, COMMITMENT_BYTES);
  const ciphertext = bytesOf(fields.ct);
  if (iv === undefined || tag === undefined || commitment === undefined || ciphertext === undefined) return undefined;
  if (ciphertext.length === 0 || ciphertext.length % STEP !== 0) return undefined;
  return { dekVersion, iv, ciphertext, tag, commitment };
}

const base64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');

function bytesOf(value: Json | undefined, length?: number): Buffer | undefined {
  if (typeof value !== 'string') return undefined;
  const bytes = Buffer.from(value, 'base64url');
  // Node's decoder skips what is not base64url and ignores stray last bits; only one spelling of the bytes is taken.
  if (bytes.toString('base64url') !== value) return undefined;
  return length === undefined || bytes.length === length ? bytes : undefined;
}
