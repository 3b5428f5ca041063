import { batchText, MOST_IN_BATCH, type EventSignature } from '../contracts/event-signature.js';
import { encodeBase64 } from '../transparency-log/base64.js';
import { inclusionPaths } from '../transparency-log/inclusion-paths.js';
import { leafHashOfText } from '../transparency-log/merkle-hash.js';

/** Ed25519 signature of a text's UTF-8, in base64. */
export type MakeSignature = (text: string) => string;
export type SignatureOf = Omit<EventSignature, 'key'>;

interface Waiting {
  readonly signed: string;
  readonly resolve: (signature: SignatureOf) => void;
  readonly reject: (fault: unknown) => void;
}

/** Signs once for all events that are to be signed in one turn of the event loop. */
export class BatchSigning {
  private waiting: Waiting[] = [];

  constructor(private readonly makeSignature: MakeSignature) {}

  /** @param signed what the writer signs of an event (leaf.ts) */
  sign(signed: string): Promise<SignatureOf> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.signWaiting());
      this.waiting.push({ signed, resolve, reject });
    });
  }

  private signWaiting(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let from = 0; from < all.length; from += MOST_IN_BATCH)
      this.signTogether(all.slice(from, from + MOST_IN_BATCH));
  }

  private signTogether(batch: readonly Waiting[]): void {
    try {
      const signatures = signaturesOf(
        batch.map(({ signed }) => signed),
        this.makeSignature,
      );
      for (const [at, signature] of signatures.entries()) batch[at]?.resolve(signature);
    } catch (fault) {
      for (const { reject } of batch) reject(fault);
    }
  }
}

/** In the order of what they are of: an event's own where there is but one, else each its place under one root. */
function signaturesOf(signed: readonly string[], make: MakeSignature): readonly SignatureOf[] {
  const [first, ...others] = signed;
  if (first !== undefined && others.length === 0) return [{ ed25519: make(first) }];
  const { root, paths } = inclusionPaths(signed.map(leafHashOfText));
  const size = signed.length;
  const ed25519 = make(batchText(size, root));
  // A hash near the root is in the paths of many.
  const encoded = new Map<Uint8Array, string>();
  const textOf = (hash: Uint8Array): string => {
    const text = encoded.get(hash) ?? encodeBase64(hash);
    encoded.set(hash, text);
    return text;
  };
  return paths.map((path, index) => ({ ed25519, batch: { size, index, path: path.map(textOf) } }));
}
