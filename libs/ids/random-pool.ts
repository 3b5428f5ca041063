import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4_096;

/**
 * Random bytes for ids, nonces, IVs and keys, cut from a block: asking the system's generator costs the same for 16
 * bytes as for thousands, and a lead's creation asks a dozen times. No byte is handed out twice, and what was handed
 * out is wiped from the block.
 *
 * @param fill fills a block with random bytes
 */
export function randomPool(fill: (block: Uint8Array) => void = randomFillSync): (size: number) => Uint8Array {
  const block = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (size) => {
    if (size > POOL_BYTES) {
      const own = new Uint8Array(size);
      fill(own);
      return own;
    }
    if (used + size > POOL_BYTES) {
      fill(block);
      used = 0;
    }
    const bytes = block.slice(used, used + size);
    block.fill(0, used, used + size);
    used += size;
    return bytes;
  };
}
