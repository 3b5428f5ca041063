import type { TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { LOG_QUARANTINE_STREAM } from '../log-decisions/quarantine.js';
import { parseBundle } from './bundle-format.js';
import { compareStream } from './compare-store.js';
import { checkLog, type LogCheckOptions } from './log-check.js';
import { decisionsIn, undecidedDoubt, undecidedLeaf } from './quarantine-decisions.js';
import { USUAL_SKEW, type SeenBetween } from './seen-between.js';
import type { StoreReading } from './store-follower.js';
import { openTrail, type TrailSource } from './trail-source.js';
import { continuesFrom, trustedHead } from './trusted-log.js';
import { doubtOf, isoOf, saidOfLog, type Freshness, type SaidOfLog, type Verdict } from './verdict.js';
import { verifyBundle, type BundleChecks, type ProvenBundle, type ProvenInterval } from './verify-bundle.js';

export interface AuditBundleOptions extends BundleChecks, Freshness, Pick<LogCheckOptions, 'threads' | 'onProgress'> {
  /** the whole log, which alone shows that no leaf of the stream is left out */
  readonly log?: TrailSource;
  /** the store that the events lie in */
  readonly store?: StoreReading;
}

export interface BundleReport extends Partial<SaidOfLog> {
  readonly verdict: Verdict;
  /** the first rule that is broken */
  readonly rule?: string;
  /** at which leaf, where one can be named */
  readonly index?: number;
  /** what is not shown, where nothing is wrong */
  readonly doubts?: readonly string[];
  readonly stream?: string;
  readonly leaves?: number;
  /** whether these are all leaves that the stream has in the log */
  readonly complete?: 'shown' | 'not shown';
  /** leaves of the stream that came into the log after the bundle's checkpoint */
  readonly newer?: number;
  readonly intervals?: readonly ReportedInterval[];
  readonly quarantined?: readonly number[];
  readonly declaredLate?: readonly number[];
}

/** As it is printed: the bracket as ISO times. */
export interface ReportedInterval extends Omit<ProvenInterval, 'beginning' | 'end'> {
  /** when the leaf that began it came into the log, by the witnesses' clocks */
  readonly beginningSeen: ReportedTimes;
  readonly endSeen?: ReportedTimes;
}
export interface ReportedTimes {
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** What somebody who was handed a bundle can say of it, by the keys that they hold and what else they can reach. */
export async function auditBundle(bytes: Uint8Array, options: AuditBundleOptions): Promise<BundleReport> {
  const bundle = parseBundle(bytes);
  if (!bundle.ok) return { verdict: 'tampered', rule: bundle.problem };
  const checked = verifyBundle(bundle.value, options);
  if (!checked.ok) {
    const { head, rule, index } = checked;
    return tampered(head, { rule, ...(index === undefined ? {} : { index }) });
  }
  const proven = checked.value;
  const found = options.log === undefined ? undefined : await compareWithLog(proven, options.log, options);
  if (found && 'rule' in found) return tampered(proven.head, found);
  const { store } = options;
  const flagged = proven.leaves.filter(({ leaf }) => leaf.quarantined);
  const different =
    store &&
    ((await compareStream(proven.leaves, store, dueBy(proven.head, options))) ??
      (await undecidedLeaf(flagged, store, options.eventKeys)));
  if (different) return tampered(proven.head, different);
  const doubt = doubtOf(proven.head, options);
  const unseen = unseenLeaf(proven, options);
  const { witnessedFrom = 0 } = options;
  const unwitnessed = proven.unwitnessed.find((size) => size >= witnessedFrom);
  const doubts = [
    ...(found === undefined ? ['not shown to be complete: the log itself has to be read (--log)'] : []),
    ...(found === undefined ? proven.undecided.map(heldDoubt) : []),
    ...(doubt === undefined ? [] : [doubt]),
    ...(unwitnessed === undefined
      ? []
      : [`unwitnessed: the kept checkpoint of ${unwitnessed} leaves has not its quorum`]),
    ...(found?.isUndecided && flagged[0] ? [undecidedDoubt(flagged[0].index)] : []),
    ...(unseen === undefined ? [] : [`no kept checkpoint is without leaf ${unseen}`]),
  ];
  return {
    verdict: doubts.length === 0 ? 'proven' : 'incomplete',
    ...(doubts.length === 0 ? {} : { doubts }),
    ...saidOfLog(proven.head),
    ...described(proven),
    complete: found === undefined ? 'not shown' : 'shown',
    ...(found === undefined ? {} : { newer: found.newer }),
  };
}

interface BrokenLeaf {
  readonly rule: string;
  readonly index?: number;
}

const tampered = (head: TrustedCheckpoint | undefined, broken: BrokenLeaf): BundleReport => ({
  verdict: 'tampered',
  ...broken,
  ...(head ? saidOfLog(head) : {}),
});

/** Whoever takes the checkpoint before a leaf out of a bundle opens its time to that side: that has to be seen. */
function unseenLeaf(
  { leaves, unwitnessed }: ProvenBundle,
  { policy, witnessedFrom = 0 }: BundleChecks,
): number | undefined {
  if (policy.quorum === undefined || unwitnessed.some((size) => size >= witnessedFrom)) return undefined;
  return leaves.find(({ index, seen }) => index >= witnessedFrom && seen.notBefore === undefined)?.index;
}

const heldDoubt = ({ checkpoint }: TrustedCheckpoint): string =>
  `not shown to continue the ${checkpoint.size} leaves held before: the log itself has to be read (--log)`;

/** Until when an event must have been recorded to have its leaf under a checkpoint, as its witnesses' clocks say. */
function dueBy({ times }: TrustedCheckpoint, { skew = USUAL_SKEW }: BundleChecks): string | undefined {
  return times && isoOf(times.notBefore - skew);
}

/** Reads all of the log: it must be whole, continue every tree that is known, and hold these leaves of the stream only. */
async function compareWithLog(
  proven: ProvenBundle,
  source: TrailSource,
  options: AuditBundleOptions,
): Promise<BrokenLeaf | { readonly newer: number; readonly isUndecided: boolean }> {
  const { policy, eventKeys, threads, onProgress } = options;
  const log = openTrail(source);
  const head = await trustedHead(log, policy);
  if (!head.ok) return { rule: `the log: ${head.problem}` };
  const checked = await checkLog(source, head.value.checkpoint, {
    eventKeys,
    wanted: new Set([proven.stream, LOG_QUARANTINE_STREAM]),
    ...(threads === undefined ? {} : { threads }),
    ...(onProgress ? { onProgress } : {}),
  });
  if (!checked.ok) return { rule: `the log: ${checked.rule}`, index: checked.index };
  for (const known of [proven.head, ...proven.undecided]) {
    const grown = await continuesFrom(log, known, head.value);
    if (!grown.ok) return { rule: grown.problem };
  }
  const given = new Set(proven.leaves.map(({ index }) => index));
  const { size } = proven.head.checkpoint;
  const own = checked.found.filter(({ leaf }) => leaf.stream === proven.stream);
  const leftOut = own.find(({ index }) => index < size && !given.has(index));
  if (leftOut) return { rule: 'the bundle leaves out a leaf of its stream', index: leftOut.index };
  const decisions = checked.found.filter(({ leaf }) => leaf.stream === LOG_QUARANTINE_STREAM);
  return {
    newer: own.filter(({ index }) => index >= size).length,
    isUndecided: decisionsIn(decisions.map(({ leaf }) => leaf)) < checked.quarantined.length,
  };
}

function described({ stream, leaves, intervals }: ProvenBundle): Partial<BundleReport> {
  return {
    stream,
    leaves: leaves.length,
    intervals: intervals.map(({ beginning, end, ...interval }) => ({
      ...interval,
      beginningSeen: reported(beginning),
      ...(end ? { endSeen: reported(end) } : {}),
    })),
    quarantined: leaves.filter(({ leaf }) => leaf.quarantined).map(({ index }) => index),
    declaredLate: leaves.filter(({ declaredLate }) => declaredLate).map(({ index }) => index),
  };
}

const reported = ({ notBefore, notAfter }: SeenBetween): ReportedTimes => ({
  ...(notBefore === undefined ? {} : { notBefore: isoOf(notBefore) }),
  ...(notAfter === undefined ? {} : { notAfter: isoOf(notAfter) }),
});
