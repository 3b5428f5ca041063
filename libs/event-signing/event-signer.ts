import type { EventMetadata } from '../contracts/event-metadata.js';
import type { EventSignature } from '../contracts/event-signature.js';
import { leafOf, signedBytes } from '../contracts/leaf.js';
import { rememberLeaf } from '../contracts/receipt.js';
import type { JsonObject } from '../decider/json.js';
import type { NewEvent } from '../event-store/event-store.js';
import { encodeBase64 } from '../transparency-log/base64.js';
import { signEd25519 } from '../transparency-log/ed25519.js';
import { idHex, type NoteKey } from '../transparency-log/note-key.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import { BatchSigning } from './batch-signing.js';

/** Signs events before they are written, with the key that whoever administers the store does not have. */
export class EventSigner {
  readonly #batches: BatchSigning;
  #from = '';

  constructor(private readonly signer: NoteSigner) {
    this.#batches = new BatchSigning((text) => encodeBase64(signEd25519(signer.privateKey, Buffer.from(text))));
  }

  /** Whose private part signs. */
  get key(): NoteKey {
    return this.signer.key;
  }

  /** From now on nothing is said to be recorded before this (ISO): the time at which the key was announced. */
  inUseFrom(time: string): void {
    this.#from = time;
  }

  /**
   * The same events with `metadata.sig`, one signature for all that are signed at once. It binds an event to its place, so it holds for an append at that
   * revision only: an attempt that lost to another is signed anew. Where the clock ran back to before the key came into
   * use, they are recorded then.
   *
   * @param revision of the first of them in the stream, from 0
   */
  sign(stream: string, revision: number, events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    return Promise.all(events.map((event, index) => this.#signed(event, stream, revision + index)));
  }

  async #signed(event: NewEvent, stream: string, revision: number): Promise<NewEvent> {
    const metadata = this.#inUse(event.metadata);
    const leaf = leafOf({ ...event, metadata, stream, revision }, undefined);
    const sig: EventSignature = { key: idHex(this.signer.key.id), ...(await this.#batches.sign(signedBytes(leaf))) };
    const signed: JsonObject = { ...metadata, sig: sig };
    rememberLeaf(signed, { ...leaf, sig });
    return { ...event, metadata: signed };
  }

  #inUse(metadata: JsonObject): JsonObject {
    const { recordedAt } = metadata as JsonObject & Pick<EventMetadata, 'recordedAt'>;
    return recordedAt < this.#from ? { ...metadata, recordedAt: this.#from } : metadata;
  }
}
