import { EventSigner } from '../libs/event-signing/event-signer.js';
import type { NewEvent } from '../libs/event-store/event-store.js';
import { SIGNATURE_TYPE } from '../libs/transparency-log/note-key.js';
import { noteSigner } from '../libs/transparency-log/note-signer.js';

/** What a command would be without signatures. */
class NoSigner extends EventSigner {
  override sign(_stream: string, _revision: number, events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    return Promise.resolve(events);
  }
}
export const UNSIGNED = new NoSigner(noteSigner('bench', SIGNATURE_TYPE.ed25519, Buffer.alloc(32)));
