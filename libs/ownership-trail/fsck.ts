import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { trustCheckpoint, type TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { checkLog, type LogCheckOptions } from './log-check.js';
import { continuesFrom, trustedHead } from './trusted-log.js';

export interface FsckOptions extends LogCheckOptions {
  readonly policy: TlogPolicy;
  /** a signed checkpoint that was held before */
  readonly since?: Uint8Array;
  /** seconds since 1970 at which the log must be no older than `maxAge` seconds */
  readonly asOf?: number;
  readonly maxAge?: number;
}

/**
 * `proven`: all of it. `tampered`: a rule is broken, at the named leaf where one can be named. `incomplete`: nothing is
 * wrong, but the policy's witnesses do not vouch for it, or not lately enough.
 */
export interface FsckReport {
  readonly verdict: 'proven' | 'tampered' | 'incomplete';
  readonly rule?: string;
  readonly index?: number;
  readonly origin?: string;
  readonly size?: number;
  /** hex */
  readonly root?: string;
  readonly quorum?: TrustedCheckpoint['quorum'];
  readonly streams?: number;
  /** ISO: a quorum of witnesses saw this tree not before, and not after */
  readonly witnessed?: { readonly notBefore: string; readonly notAfter: string };
}

/** Checks a log's folder from the signature down to the last leaf, with no network and no service. */
export async function fsck(folder: string, options: FsckOptions): Promise<FsckReport> {
  const head = await trustedHead(folder, options.policy);
  if (!head.ok) return { verdict: 'tampered', rule: head.problem };
  const said = described(head.value);
  if (options.since !== undefined) {
    const before = trustCheckpoint(options.since, options.policy);
    if (!before.ok) return { verdict: 'tampered', rule: `held before: ${before.problem}`, ...said };
    const grown = await continuesFrom(folder, before.value, head.value);
    if (!grown.ok) return { verdict: 'tampered', rule: grown.problem, ...said };
  }
  const checked = await checkLog(folder, head.value.checkpoint, options);
  if (!checked.ok) return { verdict: 'tampered', rule: checked.rule, index: checked.index, ...said };
  const streams = checked.chains.chains.size;
  const doubt = doubtOf(head.value, options);
  return doubt === undefined
    ? { verdict: 'proven', ...said, streams }
    : { verdict: 'incomplete', rule: doubt, ...said, streams };
}

/** Why a whole log is not proven to be the one that all others see. */
function doubtOf({ quorum, times }: TrustedCheckpoint, { asOf, maxAge }: FsckOptions): string | undefined {
  if (quorum === 'unwitnessed') return 'unwitnessed: the policy asks for no quorum';
  if (times === undefined) return 'unwitnessed: the quorum of the policy is not met';
  if (asOf === undefined || maxAge === undefined) return undefined;
  return times.notBefore < asOf - maxAge ? `stale: older than ${maxAge} seconds` : undefined;
}

function described({ checkpoint, quorum, times }: TrustedCheckpoint): Partial<FsckReport> {
  return {
    origin: checkpoint.origin,
    size: checkpoint.size,
    root: Buffer.from(checkpoint.root).toString('hex'),
    quorum,
    ...(times ? { witnessed: { notBefore: iso(times.notBefore), notAfter: iso(times.notAfter) } } : {}),
  };
}

const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();
