import { SIGNING_KEY_FILE } from '../../libs/event-signing/signing-key.js';
import type { TrailCopy } from '../../libs/ownership-trail/trail-copy.js';

/**
 * What an embedded installation's data is, in the order in which its moments are taken: views may lag behind the events
 * but never be ahead of them, and every event's key must be there.
 */
export const BACKED_UP = ['views.sqlite', 'events.sqlite', 'contacts.sqlite'] as const;
export type BackedUp = (typeof BACKED_UP)[number];

/**
 * What makes the backed-up personal data readable, and what signs events. Never in a backup: erasing a person would not
 * reach the one, and whoever has the backup could write history with the other.
 */
export const KEYS = ['keys.json', SIGNING_KEY_FILE] as const;

export const MANIFEST = 'backup.json';

/** What a backup says of itself; it is written last, so that a folder without it is none. */
export interface Manifest {
  readonly format: 1;
  /** ISO, when its moment was taken */
  readonly takenAt: string;
  /** position of the last event in it: how many there are */
  readonly events: number;
  readonly files: readonly { readonly name: BackedUp; readonly bytes: number; readonly sha256: string }[];
  /** where there was one */
  readonly trail?: TrailCopy;
}

/** @returns undefined where the text is no manifest of a format that this program knows */
export function parseManifest(text: string): Manifest | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { format, takenAt, events, files, trail } = Object(read) as Partial<Record<keyof Manifest, unknown>>;
  if (format !== 1 || typeof takenAt !== 'string' || !Number.isSafeInteger(events) || !Array.isArray(files)) return;
  const known = files.filter(isFile);
  if (known.length !== files.length || new Set(known.map(({ name }) => name)).size !== BACKED_UP.length) return;
  if (trail !== undefined && !isTrail(trail)) return;
  return { format, takenAt, events: Number(events), files: known, ...(trail === undefined ? {} : { trail }) };
}

function isFile(value: unknown): value is Manifest['files'][number] {
  const { name, bytes, sha256 } = Object(value) as Record<string, unknown>;
  const names: readonly unknown[] = BACKED_UP;
  return names.includes(name) && Number.isSafeInteger(bytes) && /^[0-9a-f]{64}$/.test(String(sha256));
}

function isTrail(value: unknown): value is TrailCopy {
  const { size, files, sha256 } = Object(value) as Record<string, unknown>;
  return Number.isSafeInteger(size) && Number.isSafeInteger(files) && /^[0-9a-f]{64}$/.test(String(sha256));
}
