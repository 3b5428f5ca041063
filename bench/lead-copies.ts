import { randomUUID } from 'node:crypto';
import { contactStream } from '../libs/contacts/contact.js';
import type { EventStore, NewEvent, RecordedEvent } from '../libs/event-store/event-store.js';
import { leadStream } from '../libs/lead-commands/lead-commands.service.js';
import { inParallel } from './at-once.js';
import type { LeadHistory } from './command-services.js';

const AT_ONCE = 64;

/**
 * Stores a history anew under other ids, once per lead: commands would make the same events, some twenty times slower.
 * Personal data stays sealed for the first lead, which nothing here opens.
 *
 * @returns the leads' ids
 */
export async function copyLeads(
  store: EventStore,
  history: LeadHistory,
  count: number,
  { withContacts }: { readonly withContacts: boolean },
): Promise<readonly string[]> {
  const leads = Array.from({ length: count }, () => randomUUID());
  await inParallel(count, AT_ONCE, async (at) => {
    const contact = randomUUID();
    const append = async (stream: string, events: readonly RecordedEvent[]): Promise<void> => {
      const appended = await store.append(
        stream,
        'no-stream',
        events.map((event) => copyOf(event, contact)),
      );
      if (!appended.ok) throw new Error(`${stream} is there already`);
    };
    if (withContacts) await append(contactStream(contact), history.contact);
    await append(leadStream(leads[at] ?? ''), history.lead);
  });
  return leads;
}

function copyOf({ type, data, metadata }: RecordedEvent, contact: string): NewEvent {
  return { id: randomUUID(), type, data: 'contact' in data ? { ...data, contact } : data, metadata };
}
