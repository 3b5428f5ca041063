import type { EventKeys } from '../contracts/event-keys.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import type { TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { checkLog, type LogCheckOptions } from './log-check.js';
import type { Receipt } from '../contracts/receipt.js';
import { brokenPromise, placeOf } from './receipts.js';
import { openTrail, type TrailSource } from './trail-source.js';
import { continuesFrom, trustedHead } from './trusted-log.js';
import { doubtOf, isoOf, saidOfLog, type Freshness, type SaidOfLog, type Verdict } from './verdict.js';

export interface ReceiptAuditOptions extends Freshness, Pick<LogCheckOptions, 'threads' | 'onProgress'> {
  readonly policy: TlogPolicy;
  readonly eventKeys: EventKeys;
  readonly held?: readonly TrustedCheckpoint[];
  readonly log: TrailSource;
  /** seconds within which an event has to be sealed */
  readonly skew: number;
}

export interface ReceiptReport extends Partial<SaidOfLog> {
  readonly verdict: Verdict;
  readonly rule?: string;
  readonly index?: number;
  readonly doubts?: readonly string[];
  /** of the events that have their leaf: its index */
  readonly sealed?: readonly { readonly eventId: string; readonly index: number }[];
}

/**
 * Looks in the whole log for the leaves that receipts were given for. One that is not there, although witnesses saw the
 * log long after the event was recorded, proves an omission.
 */
export async function auditReceipts(
  receipts: readonly Receipt[],
  options: ReceiptAuditOptions,
): Promise<ReceiptReport> {
  const { policy, eventKeys, held = [], skew, threads, onProgress } = options;
  const log = openTrail(options.log);
  const head = await trustedHead(log, policy);
  if (!head.ok) return { verdict: 'tampered', rule: head.problem };
  const said = saidOfLog(head.value);
  const checked = await checkLog(options.log, head.value.checkpoint, {
    eventKeys,
    wanted: new Set(receipts.map(({ leaf }) => leaf.stream)),
    ...(threads === undefined ? {} : { threads }),
    ...(onProgress ? { onProgress } : {}),
  });
  if (!checked.ok) return { verdict: 'tampered', rule: checked.rule, index: checked.index, ...said };
  for (const known of held) {
    const grown = await continuesFrom(log, known, head.value);
    if (!grown.ok) return { verdict: 'tampered', rule: grown.problem, ...said };
  }
  const byPlace = new Map(checked.found.map((found) => [placeOf(found.leaf), found]));
  const sealed: { eventId: string; index: number }[] = [];
  const waiting: string[] = [];
  for (const receipt of receipts) {
    const { eventId, recordedAt } = receipt.leaf;
    const found = byPlace.get(placeOf(receipt.leaf));
    const rule = found && brokenPromise(receipt, found.leaf);
    if (found && rule !== undefined) return { verdict: 'tampered', rule, index: found.index, ...said };
    if (found) sealed.push({ eventId, index: found.index });
    else if (isDue(recordedAt, head.value, options, skew))
      return { verdict: 'tampered', rule: `omitted: event ${eventId} has a receipt and no leaf`, ...said };
    else waiting.push(`event ${eventId} has no leaf, and the log is not shown to be later than it`);
  }
  const doubt = doubtOf(head.value, options);
  const doubts = [...waiting, ...(doubt === undefined ? [] : [doubt])];
  const verdict = doubts.length === 0 ? 'proven' : 'incomplete';
  return { verdict, ...(doubts.length === 0 ? {} : { doubts }), ...said, sealed };
}

/** By the witnesses' clocks; without any, by the time that whoever looks says they got the log at. */
function isDue(recordedAt: string, { times }: TrustedCheckpoint, { asOf }: Freshness, skew: number): boolean {
  const seen = times?.notBefore ?? asOf;
  return seen !== undefined && recordedAt < isoOf(seen - skew);
}
