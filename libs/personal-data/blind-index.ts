import { createHmac } from 'node:crypto';
import { canonicalJson } from '../canonical-json/canonical-json.js';
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

const MOST_EMAIL_CHARACTERS = 320;
const FEWEST_DIGITS = 7;
const MOST_DIGITS = 15;

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

/** NFKC, lower case, no blanks around; undefined where it is no address. What follows a plus is kept. */
export function normalEmail(typed: string): string | undefined {
  // Lower-casing can decompose a letter (the dotted capital I), hence NFKC on both sides of it.
  const email = typed.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
  if (email.length > MOST_EMAIL_CHARACTERS) return undefined;
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined;
}

/** The digits, after a plus where one was typed first; undefined where they are not one person's number. */
export function normalPhone(typed: string): string | undefined {
  const phone = typed.normalize('NFKC').trim();
  if (!/^\+?[\d\s().\-/]*$/.test(phone)) return undefined;
  const digits = phone.replace(/\D/g, '');
  if (digits.length < FEWEST_DIGITS || digits.length > MOST_DIGITS) return undefined;
  // 0000000 and its like stand for "none" in many a form.
  if (/^(\d)\1*$/.test(digits)) return undefined;
  return phone.startsWith('+') ? `+${digits}` : digits;
}

function entriesOf(kind: AddressKind, normal: readonly (string | undefined)[], pepper: Pepper): BlindIndexEntry[] {
  const known = new Set(normal.filter((address) => address !== undefined));
  return [...known].map((address) => ({ kind, pepperVersion: pepper.version, mac: macOf(kind, address, pepper) }));
}

const macOf = (kind: AddressKind, address: string, { version, key }: Pepper): string =>
  createHmac('sha256', key)
    .update(canonicalJson(['blind-index/v1', kind, version, address]))
    .digest('base64url');
