import type { Clock } from '../decider/clock.js';
import { verifyLogSignature } from '../transparency-log/checkpoint.js';
import { cosign } from '../transparency-log/cosignature.js';
import { EMPTY_ROOT, sameHash } from '../transparency-log/merkle-hash.js';
import { verifyConsistency } from '../transparency-log/merkle-proof.js';
import type { NoteKey } from '../transparency-log/note-key.js';
import { formatSignatureLine } from '../transparency-log/note-signature.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import { formatNote } from '../transparency-log/signed-note.js';
import { parseAddCheckpoint, type AddCheckpoint } from './add-checkpoint.js';
import type { Cosigned, LogState, Suspicion, WitnessState } from './witness-state.js';

/** The answers of tlog-witness, each with its status. */
export type Answer =
  | { readonly status: 200; readonly lines: string }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly problem: string; readonly suspicion?: Suspicion };

export interface WitnessParts {
  /** type 4 */
  readonly signer: NoteSigner;
  /** of all logs that it cosigns for; the name is the origin */
  readonly logKeys: readonly NoteKey[];
  readonly state: WitnessState;
  readonly clock: Clock;
}

const MS_PER_SECOND = 1_000;

/**
 * Vouches that each log only ever grows, for everybody who asks. It holds one checkpoint per log and cosigns another
 * one only when a proof shows that it continues the last.
 */
export class Witness {
  constructor(private readonly parts: WitnessParts) {}

  addCheckpoint(body: Uint8Array): Answer {
    const request = parseAddCheckpoint(body);
    if (!request.ok) return { status: 400, problem: request.problem };
    const { origin } = request.value.checkpoint.checkpoint;
    if (!this.parts.logKeys.some(({ name }) => name === origin)) return { status: 404, problem: 'unknown log' };
    const signed = verifyLogSignature(request.value.checkpoint, this.parts.logKeys);
    if (!signed.ok) return { status: 403, problem: signed.problem };
    const { oldSize, checkpoint } = request.value;
    if (oldSize > checkpoint.checkpoint.size)
      return { status: 400, problem: 'the old size is larger than the checkpoint' };
    const verified = {
      ...request.value,
      note: formatNote({ ...checkpoint.note, signatures: signed.value.map(({ signature }) => signature) }),
    };
    return this.parts.state.transact(origin, (state) => this.#decide(verified, state));
  }

  /** Compare and swap: runs alone on this log's state, and what it answers is durable before it is sent. */
  #decide(request: AddCheckpoint, state: LogState): Answer {
    const { size, root } = request.checkpoint.checkpoint;
    const last = state.last();
    const now = Math.floor(this.parts.clock() / MS_PER_SECOND);
    const refuse = (problem: string, suspicion?: Suspicion): Answer => {
      if (suspicion === undefined || last === undefined) return { status: 422, problem };
      state.keep({ suspicion, at: now, cosigned: last.note, posted: request.note });
      return { status: 422, problem, suspicion };
    };

    // Two roots of one size prove a lie, whatever the sender says the old size was.
    const isFork = last?.size === size && !sameHash(last.root, root);
    if (request.oldSize !== (last?.size ?? 0)) {
      if (isFork) refuse('', 'fork');
      return { status: 409, size: last?.size ?? 0 };
    }
    if (isFork) return refuse('another root of the same size was cosigned', 'fork');
    if (size === 0 && !sameHash(root, EMPTY_ROOT)) return refuse('a tree of size 0 has the empty root');
    if (request.oldSize === 0 ? request.proof.length > 0 : !continues(request, last))
      return refuse('invalid consistency proof', request.oldSize === 0 ? undefined : 'unproven');

    // Where the clock ran back, the last time is said again: larger trees are never said to be the older ones.
    const time = Math.max(now, last?.time ?? 1);
    const cosignature = formatSignatureLine(cosign(request.checkpoint.note.text, time, this.parts.signer));
    state.replace({ size, root, time, note: request.note + cosignature });
    return { status: 200, lines: cosignature };
  }
}

const continues = ({ proof, checkpoint }: AddCheckpoint, last: Cosigned | undefined): boolean =>
  last !== undefined &&
  verifyConsistency({
    oldSize: last.size,
    oldRoot: last.root,
    newSize: checkpoint.checkpoint.size,
    newRoot: checkpoint.checkpoint.root,
    proof,
  });
