import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { trustCheckpoint, type TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { parseBundle } from './bundle-format.js';

/**
 * What somebody held before, under their policy: a checkpoint, or a bundle with all that are in it. Two views of one log
 * are compared by giving one as what is verified and the other as what was held.
 */
export function parseHeld(bytes: Uint8Array, policy: TlogPolicy): Parsed<readonly TrustedCheckpoint[]> {
  const notes = bytes[0] === OPENING_BRACE ? notesOf(bytes) : parsed([bytes]);
  if (!notes.ok) return notes;
  const held: TrustedCheckpoint[] = [];
  for (const note of notes.value) {
    const trusted = trustCheckpoint(note, policy);
    if (!trusted.ok) return refused(`held before: ${trusted.problem}`);
    held.push(trusted.value);
  }
  return parsed(held);
}

const OPENING_BRACE = 0x7b;

function notesOf(bytes: Uint8Array): Parsed<readonly (string | Uint8Array)[]> {
  const bundle = parseBundle(bytes);
  if (!bundle.ok) return refused(`held before: ${bundle.problem}`);
  const { checkpoint, checkpoints } = bundle.value;
  return parsed([checkpoint, ...checkpoints.flatMap(({ first, last }) => [first, ...(last ? [last] : [])])]);
}
