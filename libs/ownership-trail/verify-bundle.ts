import { verifyEventSignature, type EventKeys } from '../contracts/event-keys.js';
import { parseLeaf } from '../contracts/leaf.js';
import { OWNER_ROLES, type OwnerRole } from '../lead-lifecycle/ownership.js';
import { leafHash } from '../transparency-log/merkle-hash.js';
import { verifyInclusion } from '../transparency-log/merkle-proof.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { parseTlogProof } from '../transparency-log/tlog-proof.js';
import { trustCheckpoint, type TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { compareHeld, keptCheckpoints, unwitnessedSizes, type KeptBySize } from './bundle-checkpoints.js';
import type { TrailBundle } from './bundle-format.js';
import { ownershipOfLeaves, type PlacedLeaf, type SealedInterval, type SealedOwnership } from './leaf-ownership.js';
import { isDeclaredLate, recordedAtProblem, seenBetween, USUAL_SKEW, type SeenBetween } from './seen-between.js';
import { StreamChains, type BrokenRule } from './stream-chains.js';
import type { WitnessedFrom } from './verdict.js';

export interface BundleChecks extends WitnessedFrom {
  readonly policy: TlogPolicy;
  readonly eventKeys: EventKeys;
  /** checkpoints that were held before */
  readonly held?: readonly TrustedCheckpoint[];
  /** seconds that the writer's clock and the witnesses' may be apart */
  readonly skew?: number;
}

export interface ProvenLeaf extends PlacedLeaf {
  readonly seen: SeenBetween;
  readonly declaredLate: boolean;
}

/** An interval with the leaves that began and ended it, and when each of them came into the log. */
export interface ProvenInterval extends SealedInterval {
  readonly role: OwnerRole;
  readonly beginning: SeenBetween;
  readonly end?: SeenBetween;
}

export interface ProvenBundle {
  readonly head: TrustedCheckpoint;
  readonly stream: string;
  /** the stream's from its first on; whether there are more, a bundle cannot show */
  readonly leaves: readonly ProvenLeaf[];
  /** steward, offeree, worker and accountable team, each oldest first */
  readonly intervals: readonly ProvenInterval[];
  /** held checkpoints of which the bundle alone does not show that its log continues them */
  readonly undecided: readonly TrustedCheckpoint[];
  /** sizes of kept checkpoints without the quorum that the policy asks for: they vouch for no time */
  readonly unwitnessed: readonly number[];
}

/** `index`: the leaf, where one can be named. `head`: what the log's signature vouches for, where it does. */
export type BundleCheck =
  | { readonly ok: true; readonly value: ProvenBundle }
  | { readonly ok: false; readonly rule: string; readonly index?: number; readonly head?: TrustedCheckpoint };

/**
 * Proves what a bundle says, one step after the other: signature of the log, checkpoints held before, kept checkpoints,
 * inclusion of each leaf, signature of each event, the stream's chain, the owners, the times. Stops at the first rule
 * that does not hold. Pure: no network, no file, no clock.
 */
export function verifyBundle(bundle: TrailBundle, checks: BundleChecks): BundleCheck {
  const { policy, held = [], skew = USUAL_SKEW } = checks;
  const trusted = trustCheckpoint(bundle.checkpoint, policy);
  if (!trusted.ok) return { ok: false, rule: trusted.problem };
  const head = trusted.value;
  const kept = keptCheckpoints(bundle, head, policy);
  if (!kept.ok) return { ok: false, head, rule: kept.problem };
  const undecided = compareHeld(held, head, kept.value);
  if (!undecided.ok) return { ok: false, head, rule: undecided.problem };
  const included = includedLeaves(bundle, head);
  if (!included.ok) return { head, ...included };
  const broken = brokenSignature(included.value, checks.eventKeys) ?? brokenChain(included.value, bundle.stream);
  if (broken) return { ok: false, head, ...broken };
  const ownership = ownershipOfLeaves(included.value);
  if (!ownership.ok) return { head, ...ownership };
  const leaves = included.value.map((leaf, at) => seenLeaf(leaf, bundle.leaves[at], kept.value, skew));
  for (const { leaf, seen, index } of leaves) {
    const rule = recordedAtProblem(leaf, seen, skew);
    if (rule !== undefined) return { ok: false, head, rule, index };
  }
  const value = {
    head,
    stream: bundle.stream,
    leaves,
    intervals: provenIntervals(ownership.value, leaves),
    undecided: undecided.value,
    unwitnessed: unwitnessedSizes(kept.value),
  };
  return { ok: true, value };
}

interface IncludedLeaf extends PlacedLeaf {
  /** hex */
  readonly hash: string;
}
type NamedLeaf = TrailBundle['leaves'][number];

function includedLeaves(
  bundle: TrailBundle,
  head: TrustedCheckpoint,
): { readonly ok: true; readonly value: readonly IncludedLeaf[] } | ({ readonly ok: false } & BrokenRule) {
  if (bundle.leaves.length === 0) return { ok: false, index: 0, rule: 'the bundle has no leaves' };
  const leaves: IncludedLeaf[] = [];
  for (const named of bundle.leaves) {
    const { index } = named;
    if ((leaves.at(-1)?.index ?? -1) >= index) return { ok: false, index, rule: 'the indexes do not rise' };
    const leaf = includedLeaf(named, bundle.checkpoint, head);
    if (!leaf.ok) return { ok: false, index, rule: leaf.problem };
    leaves.push(leaf.value);
  }
  return { ok: true, value: leaves };
}

function includedLeaf(
  { index, proof: text, before, after }: NamedLeaf,
  final: string,
  { checkpoint: { size, root } }: TrustedCheckpoint,
): Parsed<IncludedLeaf> {
  const read = parseTlogProof(text);
  if (!read.ok) return read;
  const { extra, proof, checkpoint } = read.value;
  if (read.value.index !== index) return refused('proof: is of another index');
  if (checkpoint !== final) return refused('proof: is under another checkpoint');
  if (extra === undefined) return refused('proof: does not hold the leaf');
  if (index >= size) return refused(`proof: a tree of ${size} leaves has no such leaf`);
  const hash = leafHash(extra);
  if (!verifyInclusion({ leafHash: hash, index, size, root, proof }))
    return refused('proof: the leaf is not in the tree');
  if (before !== null && before > index) return refused('the checkpoint before the leaf is not without it');
  if (after <= index) return refused('the checkpoint after the leaf is not one with it');
  const leaf = parseLeaf(extra);
  return leaf.ok ? parsed({ index, leaf: leaf.value, hash: hash.toString('hex') }) : leaf;
}

function brokenSignature(leaves: readonly IncludedLeaf[], keys: EventKeys): BrokenRule | undefined {
  for (const { leaf, index } of leaves) {
    // Whoever sealed it says that something is wrong with it: it is flagged instead.
    const signed = leaf.quarantined ? parsed(true) : verifyEventSignature(leaf, keys);
    if (!signed.ok) return { index, rule: signed.problem };
  }
  return undefined;
}

function brokenChain(leaves: readonly IncludedLeaf[], stream: string): BrokenRule | undefined {
  const chains = new StreamChains(true);
  for (const { leaf, hash, index } of leaves) {
    if (leaf.stream !== stream) return { index, rule: 'the leaf is of another stream' };
    const broken = chains.take(leaf, hash, index);
    if (broken) return broken;
  }
  return undefined;
}

function seenLeaf(
  { index, leaf }: IncludedLeaf,
  named: NamedLeaf | undefined,
  kept: KeptBySize,
  skew: number,
): ProvenLeaf {
  const { before = null, after = 0 } = named ?? {};
  const seen = seenBetween(before === null ? undefined : kept.get(before)?.last, kept.get(after)?.first);
  return { index, leaf, seen, declaredLate: isDeclaredLate(leaf, seen, skew) };
}

function provenIntervals(ownership: SealedOwnership, leaves: readonly ProvenLeaf[]): readonly ProvenInterval[] {
  const seenAt = new Map(leaves.map(({ index, seen }) => [index, seen]));
  return OWNER_ROLES.flatMap((role) =>
    ownership[role].map((interval): ProvenInterval => {
      const end = interval.endedIndex === undefined ? undefined : seenAt.get(interval.endedIndex);
      return { role, ...interval, beginning: seenAt.get(interval.index) ?? {}, ...(end ? { end } : {}) };
    }),
  );
}
