import type { EventKeys } from '../contracts/event-keys.js';
import { LOG_QUARANTINE_STREAM } from '../log-decisions/quarantine.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import type { TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { archivedSizes } from './checkpoint-archive.js';
import { compareWithStore, type StoreDifference } from './compare-store.js';
import { checkLog, type LogCheckOptions } from './log-check.js';
import { decisionsIn, undecidedDoubt, undecidedLeaf } from './quarantine-decisions.js';
import type { FoundLeaf, UnwitnessedCheckpoint } from './scan-range.js';
import { USUAL_SKEW } from './seen-between.js';
import type { StoreReading } from './store-follower.js';
import { TrailFolder } from './trail-folder.js';
import { continuesFrom, trustedHead } from './trusted-log.js';
import {
  doubtOf,
  isoOf,
  saidOfLog,
  type Freshness,
  type SaidOfLog,
  type Verdict,
  type WitnessedFrom,
} from './verdict.js';

export interface FsckOptions extends Pick<LogCheckOptions, 'threads' | 'onProgress'>, Freshness, WitnessedFrom {
  readonly policy: TlogPolicy;
  /** without them the signatures of the events are not checked */
  readonly eventKeys?: EventKeys;
  /** checkpoints that were held before */
  readonly held?: readonly TrustedCheckpoint[];
  /** seconds */
  readonly skew?: number;
  /** the store that the events lie in: both are held against each other */
  readonly store?: StoreReading;
  /** seconds since 1970: by when events have their leaf in a log that no witness saw */
  readonly now?: number;
}

export interface FsckReport extends Partial<SaidOfLog> {
  readonly verdict: Verdict;
  readonly rule?: string;
  readonly index?: number;
  readonly streams?: number;
  readonly eventSignatures?: 'checked' | 'not checked';
  /** where older kept checkpoints have no quorum: from how many leaves on all have */
  readonly witnessedFrom?: number;
  /** how many kept checkpoints were checked, and with them when each leaf came into the log */
  readonly keptCheckpoints?: number;
  /** leaves that were sealed by a quarantine */
  readonly quarantined?: readonly number[];
  /** leaves said to have happened long before they came into the log */
  readonly declaredLate?: number;
  /** where the store was compared: every leaf has its event, every event its leaf */
  readonly store?: 'the same';
}

/** Checks a log's folder from the signature down to the last leaf, with no network and no service. */
export async function fsck(folder: string, options: FsckOptions): Promise<FsckReport> {
  const { policy, eventKeys, held = [], skew = USUAL_SKEW, threads, onProgress, store } = options;
  const log = new TrailFolder(folder);
  const head = await trustedHead(log, policy);
  if (!head.ok) return { verdict: 'tampered', rule: head.problem };
  const said = saidOfLog(head.value);
  for (const before of held) {
    const grown = await continuesFrom(log, before, head.value);
    if (!grown.ok) return { verdict: 'tampered', rule: grown.problem, ...said };
  }
  const sizes = await archivedSizes(folder);
  const beyond = sizes.at(-1) ?? 0;
  if (beyond > said.size)
    return { verdict: 'tampered', rule: `cut short: the log was published with ${beyond} leaves`, ...said };
  const checked = await checkLog(folder, head.value.checkpoint, {
    ...(threads === undefined ? {} : { threads }),
    ...(onProgress ? { onProgress } : {}),
    ...(eventKeys ? { eventKeys } : {}),
    ...(sizes.length > 0 ? { kept: { sizes, policy, skew } } : {}),
    wanted: new Set([LOG_QUARANTINE_STREAM]),
  });
  if (!checked.ok) return { verdict: 'tampered', rule: checked.rule, index: checked.index, ...said };
  const different = store && (await storeProblem(log, head.value, checked.quarantined, { ...options, store }));
  if (different) return { verdict: 'tampered', ...different, ...said };
  const undecided = checked.quarantined[decisionsIn(checked.found.map(({ leaf }) => leaf))];
  const doubt =
    doubtOf(head.value, options) ??
    unwitnessedDoubt(checked.unwitnessed, sizes, options) ??
    (undecided && undecidedDoubt(undecided.index));
  return {
    verdict: doubt === undefined ? 'proven' : 'incomplete',
    ...(doubt === undefined ? {} : { rule: doubt }),
    ...said,
    streams: checked.chains.chains.size,
    eventSignatures: eventKeys ? 'checked' : 'not checked',
    ...(doubt === undefined && checked.unwitnessed.length > 0 ? { witnessedFrom: options.witnessedFrom } : {}),
    keptCheckpoints: sizes.length,
    quarantined: checked.quarantined.map(({ index }) => index),
    declaredLate: checked.declaredLate,
    ...(store ? { store: 'the same' } : {}),
  };
}

/**
 * A kept checkpoint without its quorum, from where on all must have theirs. Whoever takes a cosignature away makes the
 * times wider between which leaves came in, so that only the auditor can say that there never was one.
 */
function unwitnessedDoubt(
  unwitnessed: readonly UnwitnessedCheckpoint[],
  sizes: readonly number[],
  { witnessedFrom = 0 }: WitnessedFrom,
): string | undefined {
  const missing = unwitnessed.find(({ size }) => size >= witnessedFrom);
  if (missing) {
    const last = unwitnessed.at(-1)?.size ?? 0;
    const next = sizes.find((size) => size > last);
    const from = next === undefined ? '' : `; all from that of ${next} leaves on have theirs`;
    return `unwitnessed: ${missing.path} has not its quorum${from}`;
  }
  // Without it nothing would say when the first leaves after it came in.
  return unwitnessed.length === 0 || sizes.includes(witnessedFrom)
    ? undefined
    : `unwitnessed: no checkpoint of ${witnessedFrom} leaves was kept`;
}

/** What the store has against the log: an event, a leaf, or that nobody decided on what was sealed by a quarantine. */
async function storeProblem(
  log: TrailFolder,
  { checkpoint: { size }, times }: TrustedCheckpoint,
  quarantined: readonly FoundLeaf[],
  { store, eventKeys, skew = USUAL_SKEW, now = Infinity, onProgress }: FsckOptions & { readonly store: StoreReading },
): Promise<StoreDifference | undefined> {
  // A copy may be old: what was recorded after its witnesses last saw it cannot be in it.
  const seen = times?.notBefore ?? now;
  const due = Number.isFinite(seen) ? isoOf(seen - skew) : NEVER;
  const different = await compareWithStore(log, size, store, due, (leaves) => onProgress?.(leaves, size));
  return different ?? undecidedLeaf(quarantined, store, eventKeys);
}

const NEVER = '0000-01-01T00:00:00.000Z';
