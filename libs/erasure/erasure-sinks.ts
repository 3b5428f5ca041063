import type { EventStore } from '../event-store/event-store.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { LeadCards } from '../team-views/lead-cards.js';
import { openDetails } from '../team-views/sealed-details.js';

/** What is to be found unreadable of a person. */
export interface ErasedPerson {
  /** all contacts that are the person */
  readonly contacts: readonly string[];
  readonly leads: readonly string[];
}

/** A place that keeps personal data, sealed. */
export interface ErasureSink {
  readonly name: string;
  /**
   * Whether nothing of the person can be read there any more: tried, not assumed.
   *
   * @throws where it cannot tell; it is then asked again
   */
  acknowledges(person: ErasedPerson): Promise<boolean>;
}

const PAGE = 1_000;
const ALL = { all: true } as const;

/** The event store: every sealed part of the person's streams is tried with the keys as they are now. */
export function eventsSink(
  store: Pick<EventStore, 'readStream'>,
  personalData: Pick<PersonalData, 'openEvent'>,
): ErasureSink {
  return {
    name: 'events',
    async acknowledges({ contacts, leads }) {
      for (const lead of leads) {
        let sealedFor = '';
        for (let from = 0; ; from += PAGE) {
          const page = await store.readStream(`lead-${lead}`, { from, limit: PAGE });
          for (const event of page) {
            if (typeof event.data.contact === 'string' && event.revision === 0) sealedFor = event.data.contact;
            if (event.data.pii === undefined || !contacts.includes(sealedFor)) continue;
            const opened = await personalData.openEvent(event, sealedFor);
            if (opened.ok || opened.why !== 'erased') return false;
          }
          if (page.length < PAGE) break;
        }
      }
      return true;
    },
  };
}

/** The views: what a lead's card keeps of its person, the way that an export would open it. */
export function viewsSink(cards: LeadCards, personalData: Pick<PersonalData, 'openEnvelope'>): ErasureSink {
  return {
    name: 'views',
    async acknowledges({ leads }) {
      for (const lead of leads) {
        const [card, sealed = []] = await Promise.all([cards.find(lead, ALL), cards.sealedDetails(lead, ALL)]);
        if (!card || sealed.length === 0) continue;
        if (await openDetails(card, sealed, (pii, context) => personalData.openEnvelope(pii, context))) return false;
      }
      return true;
    },
  };
}
