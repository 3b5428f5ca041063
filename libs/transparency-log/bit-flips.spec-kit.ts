/** The same list with one bit of one hash turned; which one differs from place to place. */
export const flipped = (list: readonly Buffer[], at: number): Buffer[] =>
  list.map((hash, place) => (place === at ? withBitFlipped(hash, at * 37 + list.length) : hash));

export function withBitFlipped(hash: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(hash);
  copy[(bit >> 3) % copy.length]! ^= 1 << (bit & 7);
  return copy;
}
