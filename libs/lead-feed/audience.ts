import { LRUCache } from 'lru-cache';
import { metadataOf } from '../contracts/event-metadata.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';

/** The teams that may read a lead, by ids: what `mayRead` of the command side looks at. */
export interface Audience {
  readonly steward?: string | undefined;
  readonly offeree?: string | undefined;
  /** teams that work it or once did */
  readonly workedBy: readonly string[];
}

export const NOBODY: Audience = { workedBy: [] };

/** Who may read a lead after an event, by its metadata alone: so a type that is not known changes it as well. */
export function audienceAfter(before: Audience, event: Pick<RecordedEvent, 'metadata'>): Audience {
  const { change } = metadataOf(event);
  if (!change?.steward && !change?.offeree && !change?.worker) return before;
  const { steward, offeree, worker } = change;
  const team = worker?.to?.team;
  return {
    steward: steward ? steward.to?.team : before.steward,
    offeree: offeree ? offeree.to?.team : before.offeree,
    workedBy: team === undefined || before.workedBy.includes(team) ? before.workedBy : [...before.workedBy, team],
  };
}

/** Who might read a lead before and after one of its events. */
export interface Passage {
  readonly before: Audience;
  readonly after: Audience;
}
interface Known extends Passage {
  readonly revision: number;
}

const MOST_LEADS = 20_000;
const PAGE = 1_000;

/** The audiences of leads, folded from their streams and remembered while they are looked at in order. */
export class Audiences {
  readonly #passed = new LRUCache<string, Known>({ max: MOST_LEADS });
  readonly #current = new LRUCache<string, Known>({ max: MOST_LEADS });

  constructor(private readonly store: Pick<EventStore, 'readStream'>) {}

  /** Around an event as it was recorded, whatever came later. */
  async around(event: RecordedEvent): Promise<Passage> {
    const { stream, revision } = event;
    const known = this.#passed.get(stream);
    if (known?.revision === revision) return known;
    const before =
      revision === 0 ? NOBODY : known?.revision === revision - 1 ? known.after : await this.#upTo(stream, revision);
    const passage: Known = { before, after: audienceAfter(before, event), revision };
    this.#passed.set(stream, passage);
    return passage;
  }

  /** Now, with everything that is in the store. */
  async now(stream: string): Promise<Audience> {
    let known = this.#current.get(stream) ?? { before: NOBODY, after: NOBODY, revision: -1 };
    for (;;) {
      const page = await this.store.readStream(stream, { from: known.revision + 1, limit: PAGE });
      for (const event of page) {
        known = { before: known.after, after: audienceAfter(known.after, event), revision: event.revision };
      }
      if (page.length < PAGE) break;
    }
    this.#current.set(stream, known);
    return known.after;
  }

  /** A lead's events before a revision, each with who might read the lead after it. */
  async *before(stream: string, revision: number): AsyncGenerator<{ event: RecordedEvent; audience: Audience }> {
    let audience = NOBODY;
    for (let from = 0; from < revision; from += PAGE) {
      const page = await this.store.readStream(stream, { from, limit: Math.min(PAGE, revision - from) });
      for (const event of page) {
        audience = audienceAfter(audience, event);
        yield { event, audience };
      }
    }
  }

  async #upTo(stream: string, revision: number): Promise<Audience> {
    let last = NOBODY;
    for await (const { audience } of this.before(stream, revision)) last = audience;
    return last;
  }
}
