import { decodeBase64, encodeBase64 } from './base64.js';
import { isKeyName } from './note-key.js';

const KEY_ID_BYTES = 4;
const DASH = '\u2014 ';

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  /** without the key id */
  readonly bytes: Uint8Array;
}

/** `— name base64(key id ‖ signature)` without its newline; undefined for anything else. */
export function parseSignatureLine(line: string): NoteSignature | undefined {
  if (!line.startsWith(DASH)) return undefined;
  const [name = '', text = '', ...more] = line.slice(DASH.length).split(' ');
  const bytes = decodeBase64(text);
  if (more.length > 0 || !isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined;
  return { name, keyId: bytes.readUInt32BE(0), bytes: bytes.subarray(KEY_ID_BYTES) };
}

/** With its newline. */
export function formatSignatureLine({ name, keyId, bytes }: NoteSignature): string {
  const id = Buffer.alloc(KEY_ID_BYTES);
  id.writeUInt32BE(keyId);
  return `${DASH}${name} ${encodeBase64(Buffer.concat([id, bytes]))}\n`;
}
