/**
 * Sizes and indexes are numbers up to 2^53 - 1, which a log of 1,000 leaves a second reaches after 285,000 years. Bit
 * operators of JavaScript work on 32 bits only, hence the divisions here.
 */
export const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** The largest power of two below a number from 2: where RFC 6962 splits a tree. */
export function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** How many times a size can be halved without a rest; a size from 1. */
export function trailingZeros(size: number): number {
  let zeros = 0;
  for (let rest = size; rest % 2 === 0; rest /= 2) zeros += 1;
  return zeros;
}

/** The number of bits of a size; 0 for 0. */
export function bitLength(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += 1;
  return bits;
}

const DECIMAL = /^(0|[1-9][0-9]{0,15})$/;

/** A size as the formats write it: decimal, no sign, no leading zero. Undefined for anything else, or from 2^53 on. */
export function parseSize(text: string): number | undefined {
  const size = DECIMAL.test(text) ? Number(text) : NaN;
  return isSize(size) ? size : undefined;
}
