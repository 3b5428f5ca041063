import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import { verifyConsistency } from '../transparency-log/merkle-proof.js';
import { TileFault, TileHashes } from '../transparency-log/tile-hashes.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { trustCheckpoint, type TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { otherTree } from './bundle-checkpoints.js';
import { CHECKPOINT } from './trail-files.js';
import type { TrailReader } from './trail-reader.js';

/** The checkpoint that a log holds, under a policy. */
export async function trustedHead(log: TrailReader, policy: TlogPolicy): Promise<Parsed<TrustedCheckpoint>> {
  const text = await log.read(CHECKPOINT);
  return text === undefined ? refused('checkpoint: there is none') : trustCheckpoint(text, policy);
}

/**
 * Whether a log only grew since a checkpoint that was held before, as its tiles prove. That may be of the log before it,
 * of another name: one that took its place is sealed from the same events, so that it begins with the very same leaves.
 */
export async function continuesFrom(
  log: TrailReader,
  { checkpoint: before }: TrustedCheckpoint,
  { checkpoint: now }: TrustedCheckpoint,
): Promise<Parsed<true>> {
  if (before.size > now.size) return refused(`cut short: the log had ${before.size} leaves and has ${now.size}`);
  if (before.size === 0) return parsed(true);
  try {
    const proof = await new TileHashes(log.readTile, now.size).consistency(before.size);
    const claim = { oldSize: before.size, oldRoot: before.root, newSize: now.size, newRoot: now.root, proof };
    return verifyConsistency(claim)
      ? parsed(true)
      : refused(
          before.size === now.size || before.origin !== now.origin
            ? otherTree(before, now)
            : `split view: the log of ${now.size} leaves does not continue the one of ${before.size}`,
        );
  } catch (fault) {
    if (fault instanceof TileFault) return refused(`consistency: ${fault.message}`);
    throw fault;
  }
}
