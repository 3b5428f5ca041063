import { canonicalJson } from '../canonical-json/canonical-json.js';
import type { EventMetadata } from '../contracts/event-metadata.js';
import type { EventSignature } from '../contracts/event-signature.js';
import { signedText, unsignedLeaf, type Leaf } from '../contracts/leaf.js';
import { signedMetadata } from '../contracts/receipt.js';
import type { JsonObject } from '../decider/json.js';
import type { NewEvent } from '../event-store/event-store.js';
import { ReadyEvent, type EventTexts } from '../event-store/ready-event.js';
import { encodeBase64 } from '../transparency-log/base64.js';
import { signEd25519 } from '../transparency-log/ed25519.js';
import { idHex, type NoteKey } from '../transparency-log/note-key.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import { BatchSigning } from './batch-signing.js';

/** What is signed of an event, and what is stored of it. */
interface Unsigned {
  readonly event: NewEvent;
  readonly texts: EventTexts;
  readonly leaf: Leaf;
}

/** Signs events before they are written, with the key that whoever administers the store does not have. */
export class EventSigner {
  readonly #batches: BatchSigning;
  readonly #keyId: string;
  #from = '';

  constructor(private readonly signer: NoteSigner) {
    this.#batches = new BatchSigning((text) => encodeBase64(signEd25519(signer.privateKey, Buffer.from(text))));
    this.#keyId = idHex(signer.key.id);
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
  async sign(stream: string, revision: number, events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    const unsigned = events.map((event, index) => this.#unsigned(event, stream, revision + index));
    const signatures = await this.#batches.sign(unsigned.map(({ leaf }) => signedText(leaf)));
    return signatures.map((signature, at) => signed(unsigned[at] as Unsigned, { ...signature, key: this.#keyId }));
  }

  #unsigned(event: NewEvent, stream: string, revision: number): Unsigned {
    const metadata = this.#inUse(withoutSignature(event.metadata));
    const { id, type, data } = event;
    const texts = { data: canonicalJson(data), metadata: canonicalJson(metadata) };
    const leaf = unsignedLeaf({ id, type, data, metadata, stream, revision }, texts);
    return { event: { id, type, data, metadata }, texts, leaf };
  }

  #inUse(metadata: JsonObject): JsonObject {
    const { recordedAt } = metadata as JsonObject & Pick<EventMetadata, 'recordedAt'>;
    return recordedAt < this.#from ? { ...metadata, recordedAt: this.#from } : metadata;
  }
}

/** An event that was signed before, for another place, is signed as if it had not been. */
function withoutSignature(metadata: JsonObject): JsonObject {
  if (metadata['sig'] === undefined) return metadata;
  const { sig: _other, ...rest } = metadata;
  return rest;
}

function signed({ event: { id, type, data, metadata }, texts, leaf }: Unsigned, sig: EventSignature): NewEvent {
  // Text of an object that says something: no event is without the time at which it was recorded.
  const text = `${texts.metadata.slice(0, -1)},"sig":${JSON.stringify(sig)}}`;
  return new ReadyEvent(id, type, data, signedMetadata(metadata, sig, leaf), { data: texts.data, metadata: text });
}
