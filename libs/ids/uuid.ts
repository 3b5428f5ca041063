/** The one form used here: lower-case hex with hyphens, any version. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isUuid = (text: string): boolean => UUID.test(text);

/**
 * The 16 bytes of a UUID.
 *
 * @throws TypeError when it is none; the text is not repeated
 */
export function uuidBytes(uuid: string): Buffer {
  if (!isUuid(uuid)) throw new TypeError('not a lower-case UUID');
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/**
 * UUIDv8 (RFC 9562, section 5.8) of the first 16 of at least 16 bytes; 122 of their 128 bits remain.
 *
 * @throws RangeError on fewer bytes
 */
export function uuidV8(bytes: Uint8Array): string {
  if (bytes.length < 16) throw new RangeError('a UUID needs 16 bytes');
  const own = Buffer.from(bytes.subarray(0, 16));
  own.writeUInt8((own.readUInt8(6) & 0x0f) | 0x80, 6);
  own.writeUInt8((own.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = own.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
