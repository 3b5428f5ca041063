import { encodeBase64 } from '../transparency-log/base64.js';
import type { NoteSignature } from '../transparency-log/note-signature.js';
import { parseSignatureLine } from '../transparency-log/note-signature.js';
import { verifyNote } from '../transparency-log/signed-note.js';
import type { PolicyWitness } from '../transparency-log/tlog-policy.js';
import { parseSize } from '../transparency-log/tree-size.js';

/**
 * What became of a checkpoint at a witness. `larger`: it has cosigned a larger tree of this log; `denied`: it holds
 * another tree of this size, or sees no proof that this one continues its own; both mean that this is not the log that
 * others were shown. `refused`: it is not set up for this log. `away`: it may be asked again.
 */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly signature: NoteSignature; readonly time: number }
  | { readonly kind: 'larger'; readonly size: number }
  | { readonly kind: 'denied'; readonly problem: string }
  | { readonly kind: 'refused' | 'away'; readonly problem: string };

/** A checkpoint on its way to the witnesses. */
export interface Submission {
  /** the signed note, verbatim */
  readonly note: string;
  /** the part that is signed */
  readonly text: string;
  readonly size: number;
  /** hashes that show that the tree of this size continues the one of the old size */
  readonly proofFrom: (oldSize: number) => Promise<readonly Uint8Array[]>;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A cosignature is some 150 bytes; a witness may add lines that we do not know. */
const MOST_ANSWER_BYTES = 64 * 1024;
/** The size that it knows, told once; and once more where another process posts at the same time. */
const MOST_TRIES = 3;

/** One witness of the policy, spoken to as C2SP tlog-witness says. One request at a time. */
export class WitnessClient {
  /** the size that it was last known to have cosigned */
  #known = 0;

  constructor(
    readonly witness: PolicyWitness & { readonly url: string },
    private readonly fetch: Fetch,
    private readonly timeoutMs: number,
  ) {}

  /** Never throws for what the witness or the network does; a fault of the log's own tiles comes through. */
  async submit(submission: Submission): Promise<WitnessAnswer> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    if (this.#known > submission.size) this.#known = submission.size;
    for (let left = MOST_TRIES; left > 0; left -= 1) {
      const proof = await submission.proofFrom(this.#known);
      const body = [`old ${this.#known}`, ...proof.map(encodeBase64), '', submission.note].join('\n');
      const said = await this.#post(body, signal);
      if (said.status !== 409) return this.#read(said, submission);
      const size = parseSize(said.text.trimEnd());
      if (size === undefined) return { kind: 'away', problem: 'answers 409 without a size' };
      if (size > submission.size) return { kind: 'larger', size };
      if (size === this.#known) return { kind: 'denied', problem: `holds another tree of ${size} leaves` };
      this.#known = size;
    }
    return { kind: 'away', problem: 'somebody else submits at the same time' };
  }

  async #post(body: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const url = `${this.witness.url.replace(/\/$/, '')}/add-checkpoint`;
    try {
      const response = await this.fetch(url, { method: 'POST', body, signal, redirect: 'error' });
      return { status: response.status, text: await boundedText(response) };
    } catch (fault) {
      return { status: 0, text: fault instanceof Error ? fault.name : 'fault' };
    }
  }

  #read({ status, text }: { status: number; text: string }, { text: signed, size }: Submission): WitnessAnswer {
    if (status === 422)
      return { kind: 'denied', problem: 'sees no proof that this tree continues the one it cosigned' };
    if (status === 400 || status === 403 || status === 404)
      return { kind: 'refused', problem: `answers ${status}: is this log's key in its policy?` };
    if (status !== 200)
      return { kind: 'away', problem: status === 0 ? `is not reached (${text})` : `answers ${status}` };
    const signatures = text.split('\n').flatMap((line) => parseSignatureLine(line) ?? []);
    const verified = verifyNote({ text: signed, signatures }, [this.witness.key]);
    const [one] = verified.ok ? verified.value : [];
    if (one?.time === undefined) return { kind: 'refused', problem: 'its cosignature is not by the key in the policy' };
    this.#known = size;
    return { kind: 'cosigned', signature: one.signature, time: one.time };
  }
}

/** @throws RangeError when it is longer than any answer of a witness */
export async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) throw new RangeError('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
