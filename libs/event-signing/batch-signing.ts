import { batchText, MOST_IN_BATCH, type EventSignature } from '../contracts/event-signature.js';
import { inclusionPaths } from '../transparency-log/inclusion-paths.js';
import { leafHashOfText } from '../transparency-log/merkle-hash.js';

/** Ed25519 signature of a text's UTF-8, in base64. */
export type MakeSignature = (text: string) => string;
export type SignatureOf = Omit<EventSignature, 'key'>;

/** What is to be signed in this turn of the event loop. */
interface Waiting {
  readonly texts: string[];
  /** in their order */
  readonly signatures: Promise<readonly SignatureOf[]>;
}

/** Signs once for all events that are to be signed in one turn of the event loop. */
export class BatchSigning {
  #waiting: Waiting | undefined;

  constructor(private readonly makeSignature: MakeSignature) {}

  /**
   * @param signed what the writer signs of each event (leaf.ts)
   * @returns a signature for each, in that order
   */
  async sign(signed: readonly string[]): Promise<readonly SignatureOf[]> {
    const { texts, signatures } = (this.#waiting ??= this.#begin());
    const from = texts.length;
    texts.push(...signed);
    return (await signatures).slice(from, from + signed.length);
  }

  #begin(): Waiting {
    const texts: string[] = [];
    const endOfTurn = new Promise<void>((resolve) => setImmediate(resolve));
    const signatures = endOfTurn.then(() => {
      this.#waiting = undefined;
      return signaturesOf(texts, this.makeSignature);
    });
    return { texts, signatures };
  }
}

function signaturesOf(signed: readonly string[], make: MakeSignature): readonly SignatureOf[] {
  const signatures: SignatureOf[] = [];
  for (let from = 0; from < signed.length; from += MOST_IN_BATCH)
    signatures.push(...signedTogether(signed.slice(from, from + MOST_IN_BATCH), make));
  return signatures;
}

/** An event's own where there is but one, else each its place under one root. */
function signedTogether(signed: readonly string[], make: MakeSignature): readonly SignatureOf[] {
  const [first, ...others] = signed;
  if (first !== undefined && others.length === 0) return [{ ed25519: make(first) }];
  const { root, paths } = inclusionPaths(signed.map(leafHashOfText));
  const size = signed.length;
  const ed25519 = make(batchText(size, root));
  return paths.map((path, index) => ({ batch: { index, path, size }, ed25519 }));
}
