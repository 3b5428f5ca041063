import { contactStream } from '../contacts/contact.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { survivorOf } from '../lead-commands/contact-identity.js';
import { contactFold } from '../lead-commands/folds.js';
import type { StreamCommands } from '../lead-commands/stream-commands.js';
import type { KeyRing } from '../personal-data/key-ring.js';
import type { KeyStore } from '../personal-data/key-store.js';

export interface FenceParts {
  readonly store: Pick<EventStore, 'readAll' | 'head' | 'comparePositions'>;
  readonly commands: StreamCommands;
  readonly keys: KeyStore;
  readonly ring: Pick<KeyRing, 'erased'>;
}

const PAGE = 5_000;
const CONTACT = 'contact-';

/**
 * Sets the fences that the contact streams tell of and the key store does not know yet: of one that was restored from a
 * backup, all since then; and those that only the key file still knows, where the events were restored, too. Nothing may
 * be served before. Also merges what the key store has not merged, since contacts that are one person are erased together.
 */
export async function rebuildFences(parts: FenceParts): Promise<void> {
  const { store, keys, ring } = parts;
  for (const { contact, under, keepOptOut } of ring.erased ?? []) {
    if ((await keys.keyFor(contact)) !== 'erased') await keys.erase(contact, { under, keepOptOut });
  }
  const head = await store.head();
  let reached = await startOf(parts, head);
  if (head === undefined) return;
  while (reached === undefined || store.comparePositions(reached, head) < 0) {
    const events = await store.readAll({ ...(reached === undefined ? {} : { after: reached }), limit: PAGE });
    const last = events.at(-1);
    if (!last) break;
    for (const event of events) await fence(event, parts);
    reached = last.position;
    await keys.setFencedUpTo(reached);
  }
}

/** Events that were restored from an older backup than the keys end before what is fenced: then all is looked at. */
async function startOf({ store, keys }: FenceParts, head: string | undefined): Promise<string | undefined> {
  const reached = await keys.fencedUpTo();
  if (reached === undefined || head === undefined) return undefined;
  return store.comparePositions(reached, head) > 0 ? undefined : reached;
}

/** What one event says of fences. Repeated it changes nothing. */
export async function fence(
  event: RecordedEvent,
  { commands, keys }: Omit<FenceParts, 'store' | 'ring'>,
): Promise<void> {
  if (!event.stream.startsWith(CONTACT)) return;
  const contact = event.stream.slice(CONTACT.length);
  if (event.type === 'ErasureApproved.v1') await erase(contact, contact);
  if (event.type !== 'ContactMerged.v1') return;
  const into = event.data.into;
  if (typeof into === 'string' && (await keys.mergeContacts(contact, into)) === 'merged') return;
  // Merged while the other was being erased: one person, so one erasure.
  const survivor = await survivorOf(commands, contact);
  if ((await erasureOf(survivor))?.approved) await erase(contact, survivor);

  async function erase(of: string, under: string): Promise<void> {
    await keys.erase(of, { under, keepOptOut: (await erasureOf(under))?.keepOptOut ?? false });
  }
  async function erasureOf(of: string) {
    return (await commands.load(contactStream(of), contactFold)).state.erasure;
  }
}
