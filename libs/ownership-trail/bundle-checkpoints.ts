import type { Checkpoint } from '../transparency-log/checkpoint.js';
import { sameHash } from '../transparency-log/merkle-hash.js';
import { verifyConsistency } from '../transparency-log/merkle-proof.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { trustCheckpoint, type TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { proofHashes, type TrailBundle } from './bundle-format.js';

/** A kept checkpoint in both forms; one that was never cosigned again is its own last form. */
export interface Kept {
  readonly first: TrustedCheckpoint;
  readonly last: TrustedCheckpoint;
}
export type KeptBySize = ReadonlyMap<number, Kept>;

/** The sizes of those without the quorum that the policy asks for, in either form: they vouch for no time. */
export const unwitnessedSizes = (kept: KeptBySize): readonly number[] =>
  [...kept]
    .filter(([, { first, last }]) => first.quorum === 'missing' || last.quorum === 'missing')
    .map(([size]) => size);

/**
 * The checkpoints that a bundle's leaves name, neither more nor fewer: each signed by the log, or by one that it took the
 * place of and the policy has, too, of the size that it stands for, and continued by the final one.
 */
export function keptCheckpoints(bundle: TrailBundle, head: TrustedCheckpoint, policy: TlogPolicy): Parsed<KeptBySize> {
  const asked = new Set(bundle.leaves.flatMap(({ before, after }) => (before === null ? [after] : [before, after])));
  const kept = new Map<number, Kept>();
  let largest = -1;
  for (const one of bundle.checkpoints) {
    const named = `checkpoint of ${one.size} leaves`;
    if (one.size <= largest) return refused(`${named}: the sizes do not rise`);
    if (!asked.has(one.size)) return refused(`${named}: no leaf names it`);
    largest = one.size;
    const first = continuedForm(one.first, one, head, policy);
    const last = one.last === undefined ? first : continuedForm(one.last, one, head, policy);
    if (!first.ok) return refused(`${named}: ${first.problem}`);
    if (!last.ok) return refused(`${named}: ${last.problem}`);
    kept.set(one.size, { first: first.value, last: last.value });
  }
  const missing = [...asked].find((size) => !kept.has(size));
  return missing === undefined ? parsed(kept) : refused(`checkpoint of ${missing} leaves: is missing`);
}

function continuedForm(
  note: string,
  { size, proof }: TrailBundle['checkpoints'][number],
  { checkpoint: now }: TrustedCheckpoint,
  policy: TlogPolicy,
): Parsed<TrustedCheckpoint> {
  const trusted = trustCheckpoint(note, policy);
  if (!trusted.ok) return trusted;
  const { checkpoint: old } = trusted.value;
  if (old.size !== size) return refused('is of another size');
  const hashes = proofHashes(proof);
  if (hashes === undefined) return refused('its proof has a hash that is none');
  // Anything continues a tree without leaves, so that there is nothing to prove.
  if (size === 0) return hashes.length === 0 ? trusted : refused('has a proof too much');
  const claim = { oldSize: size, oldRoot: old.root, newSize: now.size, newRoot: now.root, proof: hashes };
  return verifyConsistency(claim) ? trusted : refused('the final checkpoint does not continue it');
}

/**
 * Holds trees of one size, which must be one tree, against each other; also those of a log of another name, which the
 * policy has, too: the one before this.
 *
 * @returns those held checkpoints of whose sizes the bundle knows none: only the log shows whether it continues them
 */
export function compareHeld(
  held: readonly TrustedCheckpoint[],
  head: TrustedCheckpoint,
  kept: KeptBySize,
): Parsed<readonly TrustedCheckpoint[]> {
  const undecided: TrustedCheckpoint[] = [];
  for (const one of held) {
    const { size, root } = one.checkpoint;
    const known = size === head.checkpoint.size ? head : kept.get(size)?.first;
    if (known && !sameHash(known.checkpoint.root, root)) return refused(otherTree(one.checkpoint, head.checkpoint));
    if (known === undefined && size > 0) undecided.push(one);
  }
  return parsed(undecided);
}

/** Two trees of one size, where there should be one: of a log, or of a log and the one that it took the place of. */
export const otherTree = ({ origin, size }: Checkpoint, now: Pick<Checkpoint, 'origin'>): string =>
  origin === now.origin
    ? `split view: the log has signed two trees of ${size} leaves`
    : `the log does not begin with the ${size} leaves that the log ${origin} had`;
