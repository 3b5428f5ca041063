import { createHash } from 'node:crypto';

const LONGEST_KEY = 255;

/**
 * The idempotency key of one step of one imported row: the same for every operator, file name and run, so that a
 * second run is known as the same commands. Printable ASCII, at most 255 characters.
 */
export function importKey(system: string, externalId: string, step: string): string {
  const key = [system, externalId, step].map(encodeURIComponent).join(':');
  return key.length <= LONGEST_KEY ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
