import { decodeBase64, encodeBase64 } from './base64.js';
import { isKeyName } from './note-key.js';

const KEY_ID_BYTES = 4;
const DASH = '\u2014 ';

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  /** without the key id */
  readonly bytes: Uint8Array;
  /** its base64 has stray bits at the end: others read such a line, so it is no malformed note, but it never verifies */
  readonly loose?: true;
}

/** `— name base64(key id ‖ signature)` without its newline; undefined for anything else. */
export function parseSignatureLine(line: string): NoteSignature | undefined {
  if (!line.startsWith(DASH)) return undefined;
  const [name = '', text = '', ...more] = line.slice(DASH.length).split(' ');
  const strict = decodeBase64(text);
  const bytes = strict ?? looseBase64(text);
  if (more.length > 0 || !isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined;
  return {
    name,
    keyId: bytes.readUInt32BE(0),
    bytes: bytes.subarray(KEY_ID_BYTES),
    ...(strict ? {} : { loose: true }),
  };
}

const looseBase64 = (text: string): Buffer | undefined =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;

/** With its newline. */
export function formatSignatureLine({ name, keyId, bytes }: NoteSignature): string {
  const id = Buffer.alloc(KEY_ID_BYTES);
  id.writeUInt32BE(keyId);
  return `${DASH}${name} ${encodeBase64(Buffer.concat([id, bytes]))}\n`;
}
