import type { TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';

/**
 * `proven`: all of it. `tampered`: a rule is broken, at the named leaf where one can be named. `incomplete`: nothing is
 * wrong, but not everything is shown: leaves may be missing, or nobody vouches for it, or not lately enough.
 */
export type Verdict = 'proven' | 'tampered' | 'incomplete';

/** How fresh a log must be. Both or none. */
export interface Freshness {
  /** seconds since 1970 at which it must be no older than `maxAge` seconds */
  readonly asOf?: number;
  readonly maxAge?: number;
}

/**
 * From how many leaves on witnesses had been named, as whoever checks the log was told: the log's older kept checkpoints
 * need no quorum. Those are proven to be of this log all the same, only nobody vouches for when its first leaves came in.
 */
export interface WitnessedFrom {
  readonly witnessedFrom?: number;
}

/** What every report says of the log. */
export interface SaidOfLog {
  readonly origin: string;
  readonly size: number;
  /** hex */
  readonly root: string;
  readonly quorum: TrustedCheckpoint['quorum'];
  /** ISO: a quorum of witnesses saw this tree not before, and not after */
  readonly witnessed?: { readonly notBefore: string; readonly notAfter: string };
}

export function saidOfLog({ checkpoint, quorum, times }: TrustedCheckpoint): SaidOfLog {
  return {
    origin: checkpoint.origin,
    size: checkpoint.size,
    root: Buffer.from(checkpoint.root).toString('hex'),
    quorum,
    ...(times ? { witnessed: { notBefore: isoOf(times.notBefore), notAfter: isoOf(times.notAfter) } } : {}),
  };
}

/** Why a log that is whole is not proven to be the one that all others see, now. */
export function doubtOf({ quorum, times }: TrustedCheckpoint, { asOf, maxAge }: Freshness): string | undefined {
  if (quorum === 'unwitnessed') return 'unwitnessed: the policy asks for no quorum';
  if (times === undefined) return 'unwitnessed: the quorum of the policy is not met';
  if (asOf === undefined || maxAge === undefined) return undefined;
  return times.notBefore < asOf - maxAge ? `stale: older than ${maxAge} seconds` : undefined;
}

/** @param seconds since 1970 */
export const isoOf = (seconds: number): string => new Date(seconds * 1_000).toISOString();
