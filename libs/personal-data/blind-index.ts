import { createHmac } from 'node:crypto';
import { canonicalJson } from '../canonical-json/canonical-json.js';
import { normalEmail, normalPhone } from './addresses.js';
import type { KeyRing, Pepper } from './key-ring.js';

export const ADDRESS_KINDS = ['email', 'phone'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** What a person is found by, as typed. */
export interface Addresses {
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
}

/**
 * An address as it is told to the key store: keyed with the first pepper, so that nobody without it can try addresses
 * out. The key store lays the later ones over it.
 */
export interface BlindIndexEntry {
  readonly kind: AddressKind;
  /** HMAC-SHA-256, base64url */
  readonly mac: string;
}

/** An address as it may stand in the key store while rows are moved from one pepper to the next. */
export interface PepperedEntry {
  readonly kind: AddressKind;
  /** under each pepper, that of version 1 first */
  readonly macs: readonly string[];
}

/** A row of the index, or an opt-out. */
export interface PepperedRow extends BlindIndexEntry {
  readonly pepperVersion: number;
}

/**
 * The entries of all addresses that can be one person's, e-mails first, each once. What cannot (no e-mail, too few
 * digits, a placeholder) gives none: a wrong join of two people is worse than a missed one.
 *
 * @param first the pepper of version 1, which stays the first for good
 */
export function blindIndexEntries({ emails = [], phones = [] }: Addresses, first: Pepper): readonly BlindIndexEntry[] {
  return [...entriesOf('email', emails.map(normalEmail), first), ...entriesOf('phone', phones.map(normalPhone), first)];
}

function entriesOf(kind: AddressKind, normal: readonly (string | undefined)[], first: Pepper): BlindIndexEntry[] {
  const known = new Set(normal.filter((address) => address !== undefined));
  return [...known].map((address) => ({ kind, mac: macOf(first, ['blind-index/v1', kind, first.version, address]) }));
}

/** An entry under every pepper, the newest last. */
export function underEach({ kind, mac }: BlindIndexEntry, { peppers }: Pick<KeyRing, 'peppers'>): PepperedEntry {
  const [, ...later] = peppers;
  const macs = [mac];
  for (const pepper of later) macs.push(laidOver(kind, macs.at(-1) ?? mac, pepper));
  return { kind, macs };
}

/** A row's MAC under the newest pepper, from the row alone: nobody need know the address. */
export function underNewest({ kind, pepperVersion, mac }: PepperedRow, { peppers }: Pick<KeyRing, 'peppers'>): string {
  return peppers.slice(pepperVersion).reduce((under, pepper) => laidOver(kind, under, pepper), mac);
}

const laidOver = (kind: AddressKind, mac: string, pepper: Pepper): string =>
  macOf(pepper, ['blind-index/over/v1', kind, pepper.version, mac]);

const macOf = ({ key }: Pepper, input: readonly (string | number)[]): string =>
  createHmac('sha256', key)
    .update(canonicalJson([...input]))
    .digest('base64url');
