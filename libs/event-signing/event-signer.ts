import { sign } from 'node:crypto';
import type { EventSignature } from '../contracts/event-metadata.js';
import { leafOf, signedBytes } from '../contracts/leaf.js';
import type { NewEvent } from '../event-store/event-store.js';
import { encodeBase64 } from '../transparency-log/base64.js';
import { idHex } from '../transparency-log/note-key.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';

/** Signs events before they are written, with the key that whoever administers the store does not have. */
export class EventSigner {
  constructor(private readonly signer: NoteSigner) {}

  /**
   * The same events with `metadata.sig`. The signature binds an event to its place, so it holds for an append at that
   * revision only: an attempt that lost to another is signed anew.
   *
   * @param revision of the first of them in the stream, from 0
   */
  sign(stream: string, revision: number, events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    return Promise.all(events.map((event, index) => this.#signed(event, stream, revision + index)));
  }

  async #signed(event: NewEvent, stream: string, revision: number): Promise<NewEvent> {
    const { key, privateKey } = this.signer;
    const bytes = signedBytes(leafOf({ ...event, stream, revision }, undefined));
    // With a callback it is done by another thread, while this one goes on with other commands.
    const signature = await new Promise<Buffer>((resolve, reject) => {
      sign(null, bytes, privateKey, (fault, made) => (fault ? reject(fault) : resolve(made)));
    });
    const sig: EventSignature = { key: idHex(key.id), ed25519: encodeBase64(signature) };
    return { ...event, metadata: { ...event.metadata, sig: { ...sig } } };
  }
}
