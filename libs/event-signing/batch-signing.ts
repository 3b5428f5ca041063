import { batchText, MOST_IN_BATCH, type EventSignature } from '../contracts/event-signature.js';
import { encodeBase64 } from '../transparency-log/base64.js';
import { inclusionPaths } from '../transparency-log/inclusion-paths.js';
import { leafHash } from '../transparency-log/merkle-hash.js';

/** Ed25519 signature of a text's UTF-8, in base64. */
export type MakeSignature = (text: string) => Promise<string>;
export type SignatureOf = Omit<EventSignature, 'key'>;

interface Waiting {
  readonly signed: Buffer;
  readonly resolve: (signature: SignatureOf) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Signs once for all events that are to be signed at once: those of one turn of the event loop, and those that came
 * while the signature before was made.
 */
export class BatchSigning {
  private waiting: Waiting[] = [];
  private atWork = false;

  constructor(private readonly makeSignature: MakeSignature) {}

  /** @param signed what the writer signs of an event (leaf.ts) */
  sign(signed: Buffer): Promise<SignatureOf> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ signed, resolve, reject });
      if (this.atWork) return;
      this.atWork = true;
      setImmediate(() => void this.signAll());
    });
  }

  private async signAll(): Promise<void> {
    while (this.waiting.length > 0) await this.signTogether(this.waiting.splice(0, MOST_IN_BATCH));
    this.atWork = false;
  }

  private async signTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      const signatures = await signaturesOf(
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
async function signaturesOf(signed: readonly Buffer[], make: MakeSignature): Promise<readonly SignatureOf[]> {
  const [first, ...others] = signed;
  if (first !== undefined && others.length === 0) return [{ ed25519: await make(first.toString()) }];
  const { root, paths } = inclusionPaths(signed.map(leafHash));
  const size = signed.length;
  const ed25519 = await make(batchText(size, root));
  return paths.map((path, index) => ({ ed25519, batch: { size, index, path: path.map(encodeBase64) } }));
}
