import { createHash, hash } from 'node:crypto';

/** Bytes of every hash of the tree: SHA-256. */
export const HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** A node's input: prefix, left, right. One buffer for all of them; it is read before this function returns. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES, NODE_PREFIX);

/** The root of a tree without leaves (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/** SHA-256(0x00 ‖ data): two different data never have one hash with a node. */
export function leafHash(data: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + data.length);
  input[0] = LEAF_PREFIX;
  input.set(data, 1);
  return sha256(input);
}

/** The same of a text's UTF-8, in base64: no bytes of its own have to be made for it. */
export const leafHashOfText = (text: string): string =>
  hash('sha256', String.fromCharCode(LEAF_PREFIX) + text, 'base64');

/**
 * SHA-256(0x01 ‖ left ‖ right).
 *
 * @throws RangeError when one of them is no hash: the tree would then not be the one that was meant
 */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new RangeError(`a hash has ${HASH_BYTES} bytes`);
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

/** The same of hashes in base64, in base64. @throws RangeError like nodeHash */
export function nodeHashOfTexts(left: string, right: string): string {
  if (node.write(left, 1, 'base64') !== HASH_BYTES || node.write(right, 1 + HASH_BYTES, 'base64') !== HASH_BYTES)
    throw new RangeError(`a hash has ${HASH_BYTES} bytes`);
  return hash('sha256', node, 'base64');
}

/** By way of a string, which Node hands out in two thirds of the time that it takes for a buffer of its own. */
const sha256 = (input: Uint8Array | string): Buffer => Buffer.from(hash('sha256', input, 'binary'), 'binary');

/** Roots and leaf hashes are public, so the comparison need not be constant in time. */
export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
