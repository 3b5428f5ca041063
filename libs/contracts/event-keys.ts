import { formatVkey, idHex, parseVkey, SIGNATURE_TYPE, type NoteKey } from '../transparency-log/note-key.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import { time } from '../shape/shape.js';
import { isSignature, signatureHolds } from './event-signature.js';
import { signedBytes, type Leaf } from './leaf.js';

/** A key with which events were signed, and when. */
export interface EventKey {
  readonly key: NoteKey;
  /** ISO 8601 UTC, ms: no event signed by it was recorded before */
  readonly from: string;
  /** and none after; absent while it is in use */
  readonly until?: string;
}

/** By the id that `sig.key` names: 8 hex digits. */
export type EventKeys = ReadonlyMap<string, EventKey>;

const MOST_FILE_BYTES = 256 * 1024;
const MOST_KEYS = 1_000;

/**
 * Reads an event keys file: a line for each key, `<vkey> <from> [<until>]`, parted by spaces or tabs; lines that are empty
 * or begin with `#` say nothing. A vkey is that of C2SP signed-note, of type Ed25519 (1). A problem names the line.
 */
export function parseEventKeys(file: Uint8Array): Parsed<EventKeys> {
  if (file.length > MOST_FILE_BYTES) return refused(`event keys: have over ${MOST_FILE_BYTES} bytes`);
  const lines = Buffer.from(file).toString('utf8').split('\n');
  // A file that was cut short could lack a retirement.
  if (lines.pop() !== '') return refused(`event keys: line ${lines.length + 1} does not end in a newline`);
  const keys = new Map<string, EventKey>();
  for (const [at, line] of lines.entries()) {
    const key = lineOf(line);
    if (key === undefined) continue;
    const problem = typeof key === 'string' ? key : taken(keys, key);
    if (problem !== undefined) return refused(`event keys: line ${at + 1} ${problem}`);
  }
  return parsed(keys);
}

/** The file that `parseEventKeys` reads. */
export const formatEventKeys = (keys: EventKeys): string =>
  [
    '# The keys with which Baton signs events: <vkey> <recorded from> [<recorded until>]',
    ...[...keys.values()].map(({ key, from, until }) => [formatVkey(key), from, ...(until ? [until] : [])].join(' ')),
    '',
  ].join('\n');

/** Whether a leaf's event was signed by a key that was in use when the event says it was recorded. */
export function verifyEventSignature(leaf: Leaf, keys: EventKeys): Parsed<true> {
  if (leaf.sig === undefined) return refused('the event is not signed');
  if (!isSignature(leaf.sig))
    return refused('the signature is not a key id and 64 bytes, alone or with a place in a batch');
  const key = keys.get(leaf.sig.key);
  if (key === undefined) return refused('the event is signed by a key that is not known');
  if (leaf.recordedAt < key.from) return refused('the event was recorded before its key came into use');
  if (key.until !== undefined && leaf.recordedAt > key.until)
    return refused('the event was recorded after its key was retired');
  return signatureHolds(signedBytes(leaf), leaf.sig, key.key.publicKey)
    ? parsed(true)
    : refused('the signature is not that of the event');
}

function lineOf(line: string): EventKey | string | undefined {
  const [vkey, from, until, ...more] = line.split(/[ \t]+/).filter((item) => item !== '');
  if (vkey === undefined || vkey.startsWith('#')) return undefined;
  if (from === undefined || more.length > 0) return 'is not: <vkey> <from> [<until>]';
  const key = parseVkey(vkey);
  if (!key.ok) return `has a key that is none: ${key.problem}`;
  if (key.value.type !== SIGNATURE_TYPE.ed25519) return 'has a key of another type: events are signed with Ed25519 (1)';
  for (const one of [from, until]) {
    if (one !== undefined && time.check(one, '') !== undefined)
      return 'has a time that is not YYYY-MM-DDTHH:MM:SS.mmmZ';
  }
  if (until !== undefined && until < from) return 'ends before it begins';
  return { key: key.value, from, ...(until === undefined ? {} : { until }) };
}

function taken(keys: Map<string, EventKey>, key: EventKey): string | undefined {
  const id = idHex(key.key.id);
  if (keys.has(id)) return 'has the id of a key before it';
  if (keys.size === MOST_KEYS) return `is one key more than ${MOST_KEYS}`;
  keys.set(id, key);
  return undefined;
}
