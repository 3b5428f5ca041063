import type { NoteKey } from './note-key.js';
import type { PolicyGroup, PolicyWitness } from './tlog-policy.js';

/**
 * Between which times a quorum has seen a checkpoint, if one has. Every quorum is taken to have one honest member, of
 * whom nothing but its own time is known: no earlier than the earliest member of a quorum, no later than its latest.
 * Where there are several quorums, the best of each bound holds. Seconds since 1970.
 */
export interface QuorumTimes {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** @param times of the witnesses whose cosignature was verified */
export function quorumTimes(
  rule: PolicyWitness | PolicyGroup,
  times: ReadonlyMap<NoteKey, number>,
): QuorumTimes | undefined {
  if ('key' in rule) {
    const time = times.get(rule.key);
    return time === undefined ? undefined : { notBefore: time, notAfter: time };
  }
  const seen = rule.members.flatMap((member) => quorumTimes(member, times) ?? []);
  const latestFirst = seen.map(({ notBefore }) => notBefore).sort((a, b) => b - a);
  const earliestFirst = seen.map(({ notAfter }) => notAfter).sort((a, b) => a - b);
  const notBefore = latestFirst[rule.threshold - 1];
  const notAfter = earliestFirst[rule.threshold - 1];
  return notBefore === undefined || notAfter === undefined ? undefined : { notBefore, notAfter };
}
