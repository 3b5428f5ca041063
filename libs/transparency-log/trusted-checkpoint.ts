import { parseCheckpointNote, type Checkpoint, type CheckpointNote } from './checkpoint.js';
import { EMPTY_ROOT, sameHash } from './merkle-hash.js';
import type { NoteKey } from './note-key.js';
import { parsed, refused, type Parsed } from './parsed.js';
import { quorumTimes, type QuorumTimes } from './quorum.js';
import { verifyNote } from './signed-note.js';
import type { PolicyWitness, TlogPolicy } from './tlog-policy.js';

export interface SeenBy {
  readonly witness: PolicyWitness;
  /** seconds since 1970, by the witness's clock */
  readonly time: number;
}

/** A checkpoint whose log signature was verified, with what the policy says of its witnesses. */
export interface TrustedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly logKeys: readonly NoteKey[];
  readonly seenBy: readonly SeenBy[];
  /** `unwitnessed`: the policy asks for no quorum, so nothing is shown; `missing`: it asks for one, and it is not met */
  readonly quorum: 'met' | 'missing' | 'unwitnessed';
  /** where the quorum is met */
  readonly times?: QuorumTimes;
}

/**
 * Reads a checkpoint and checks it against a policy: signed by one of its logs under that log's origin, no wrong
 * signature by any known key. Whether the quorum was met is in the answer, for callers differ in what they do then.
 */
export function trustCheckpoint(text: string | Uint8Array, policy: TlogPolicy): Parsed<TrustedCheckpoint> {
  const note = parseCheckpointNote(text);
  return note.ok ? trustParsed(note.value, policy) : note;
}

function trustParsed({ checkpoint, note }: CheckpointNote, policy: TlogPolicy): Parsed<TrustedCheckpoint> {
  const logs = policy.logs.map(({ key }) => key).filter(({ name }) => name === checkpoint.origin);
  if (logs.length === 0) return refused('checkpoint: its origin is none of the logs in the policy');
  const verified = verifyNote(note, [...logs, ...policy.witnesses.map(({ key }) => key)]);
  if (!verified.ok) return refused(`checkpoint: ${verified.problem}`);
  const logKeys = verified.value.map(({ key }) => key).filter((key) => logs.includes(key));
  if (logKeys.length === 0) return refused('checkpoint: is not signed by its log');

  if (checkpoint.size === 0 && !sameHash(checkpoint.root, EMPTY_ROOT))
    return refused('checkpoint: a tree of no leaves has another root');

  const times = new Map(verified.value.flatMap(({ key, time }) => (time === undefined ? [] : [[key, time] as const])));
  const seenBy = policy.witnesses.flatMap((witness) => {
    const time = times.get(witness.key);
    return time === undefined ? [] : [{ witness, time }];
  });
  if (policy.quorum === undefined) return parsed({ checkpoint, logKeys, seenBy, quorum: 'unwitnessed' });
  const bounds = quorumTimes(policy.quorum, times);
  return bounds === undefined
    ? parsed({ checkpoint, logKeys, seenBy, quorum: 'missing' })
    : parsed({ checkpoint, logKeys, seenBy, quorum: 'met', times: bounds });
}
