/** The bytes of a base64 text (RFC 4648, section 4) in its one canonical form, padding included; else undefined. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Node takes URL-safe letters, missing padding, blanks and stray bits; written again they differ.
  return bytes.toString('base64') === text ? bytes : undefined;
}

export const encodeBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
