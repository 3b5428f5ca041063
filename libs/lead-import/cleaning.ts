import { BUDGET_BANDS, budgetBandOf, COMPANY_SIZE_BANDS, companySizeBandOf, TIMELINES } from '../agreements/profile.js';
import { canBeEmail, canBePhone } from '../personal-data/addresses.js';
import { countryOf } from './country.js';
import { readLowerEnd, readNumber, type DecimalMark } from './number-text.js';
import { seniorityOf } from './seniority.js';
import { slugify } from './slug.js';

/** A value ready to be sent, or the rule that the cell breaks. The rule never repeats the cell. */
export type Cleaned<T = string> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly rule: string };
export type Cleaner<T = string> = (text: string, decimal?: DecimalMark) => Cleaned<T>;

const cleaned = <T>(value: T | undefined, rule: string): Cleaned<T> =>
  value === undefined ? { ok: false, rule } : { ok: true, value };

export const code: Cleaner = (text) => cleaned(slugify(text), 'has no letter or digit to make a code of');

const MOST_CODES = 50;
/** Several codes in one cell, parted by `;`, `,` or `|`. */
export const codes: Cleaner<readonly string[]> = (text) => {
  const found = text.split(/[;,|]/).flatMap((part) => slugify(part) ?? []);
  return cleaned(found.length > MOST_CODES ? undefined : [...new Set(found)], `has more than ${MOST_CODES} entries`);
};

const OPAQUE_ID = /^[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}$/;
/** An id as another system gives it. No e-mail address is one: ids stay readable when a person is erased. */
export const opaqueId: Cleaner = (text) =>
  cleaned(OPAQUE_ID.test(text) ? text : undefined, 'must be an id of 1 to 128 letters, digits and _.:|-');

/** Free text; what a spreadsheet wraps in it (line ends, tabs) becomes a space. */
export const freeText =
  (most: number): Cleaner =>
  (text) => {
    const plain = text.replace(/\s+/g, ' ').trim();
    return cleaned(plain.length > most ? undefined : plain, `has more than ${most} characters`);
  };

export const email: Cleaner = (text) => {
  const address = text.replace(/^mailto:/i, '').toLowerCase();
  const valid = canBeEmail(address) && /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/.test(address);
  return cleaned(valid ? address : undefined, 'is no e-mail address');
};

export const phone: Cleaner = (text) => {
  const [number = ''] = text.split(/\s*(?:x|ext\.?)\s*\d+$/i);
  const digits = number.replace(/[\s().\-/]/g, '').replace(/^00/, '+');
  return cleaned(canBePhone(digits) ? digits : undefined, 'is no telephone number');
};

/** The host of an address or of a bare name: `https://www.example.com/x` → `example.com`. */
export const domain: Cleaner = (text) => {
  const host = text
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .split(/[/?#:]/)[0]
    ?.replace(/^www\./, '');
  return cleaned(host && /^[^\s@.]+(\.[^\s@.]+)+$/.test(host) && host.length <= 253 ? host : undefined, 'is no domain');
};

export const country: Cleaner = (text) => cleaned(countryOf(text), 'is neither a country code nor an English name');
export const seniority: Cleaner = (text) => cleaned(seniorityOf(text), 'tells no seniority');
export const timeline: Cleaner = (text) => {
  const slug = slugify(text);
  return cleaned(
    TIMELINES.find((one) => one === slug),
    `must be one of ${TIMELINES.join(', ')}`,
  );
};

export const companySizeBand: Cleaner = (text, decimal) => {
  const given = COMPANY_SIZE_BANDS.find((band) => band === text);
  return cleaned(given ?? companySizeBandOf(readLowerEnd(text, decimal) ?? NaN), 'is no number of employees');
};

export const budgetBand: Cleaner = (text, decimal) => {
  const given = BUDGET_BANDS.find((band) => band === text.toLowerCase());
  return cleaned(given ?? budgetBandOf(readLowerEnd(text, decimal) ?? NaN), 'is no amount');
};

const LARGEST_AMOUNT = 1e12;
export const amount: Cleaner<number> = (text, decimal) => {
  const value = readNumber(text, decimal);
  return cleaned(value !== undefined && value <= LARGEST_AMOUNT ? value : undefined, 'is no amount from 0 to 1e12');
};
