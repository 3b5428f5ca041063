import { createHmac } from 'node:crypto';
import { canonicalJson } from '../canonical-json/canonical-json.js';
import { normalEmail, normalPhone } from './addresses.js';
import type { Pepper } from './key-ring.js';

export type AddressKind = 'email' | 'phone';

/** What a person is found by, as typed. */
export interface Addresses {
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
}

/** An address as the key store knows it: keyed, so that nobody without the pepper can try addresses out. */
export interface BlindIndexEntry {
  readonly kind: AddressKind;
  readonly pepperVersion: number;
  /** HMAC-SHA-256, base64url */
  readonly mac: string;
}

/**
 * The entries of all addresses that can be one person's, e-mails first, each once. What cannot (no e-mail, too few
 * digits, a placeholder) gives none: a wrong join of two people is worse than a missed one.
 */
export function blindIndexEntries({ emails = [], phones = [] }: Addresses, pepper: Pepper): readonly BlindIndexEntry[] {
  return [
    ...entriesOf('email', emails.map(normalEmail), pepper),
    ...entriesOf('phone', phones.map(normalPhone), pepper),
  ];
}

function entriesOf(kind: AddressKind, normal: readonly (string | undefined)[], pepper: Pepper): BlindIndexEntry[] {
  const known = new Set(normal.filter((address) => address !== undefined));
  return [...known].map((address) => ({ kind, pepperVersion: pepper.version, mac: macOf(kind, address, pepper) }));
}

const macOf = (kind: AddressKind, address: string, { version, key }: Pepper): string =>
  createHmac('sha256', key)
    .update(canonicalJson(['blind-index/v1', kind, version, address]))
    .digest('base64url');
