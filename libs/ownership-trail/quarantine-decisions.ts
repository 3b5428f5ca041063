import type { EventKeys } from '../contracts/event-keys.js';
import { leafBodyHash, leafOf, type Leaf } from '../contracts/leaf.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { LOG_QUARANTINE_STREAM } from '../log-decisions/quarantine.js';
import type { EventRefused } from './sealer.js';
import { SealingKeys } from './sealing-keys.js';

const PAGE = 1_000;

/**
 * What operators and auditors have decided about refused events. Their decisions stand later in the store than what they
 * are about, where nothing is sealed yet: so they are read ahead, and count by their own signatures, by keys that the
 * stream of keys announces up to its end. Whoever seals the store again reads the same decisions.
 */
export class QuarantineDecisions {
  constructor(
    private readonly store: Pick<EventStore, 'readStream'>,
    private readonly own: EventKeys,
  ) {}

  /** Whether an administrator proposed it and another person, an auditor, approved it, both for exactly this event. */
  async isQuarantined({ leaf }: EventRefused): Promise<boolean> {
    const keys = await SealingKeys.restored(this.own, this.store, undefined);
    const proposers = new Set<string>();
    for await (const event of this.#decisions()) {
      const decision = leafOf(event, undefined);
      if (!isAbout(event, leaf) || !keys.verify(decision).ok) continue;
      const { id, role } = decision.actor;
      if (event.type.startsWith('QuarantineProposed.') && role === 'admin') proposers.add(id);
      const isByAnother = [...proposers].some((proposer) => proposer !== id);
      if (event.type.startsWith('QuarantineApproved.') && role === 'auditor' && isByAnother) return true;
    }
    return false;
  }

  async *#decisions(): AsyncGenerator<RecordedEvent> {
    for (let from = 0, isFull = true; isFull; from += PAGE) {
      const page = await this.store.readStream(LOG_QUARANTINE_STREAM, { from, limit: PAGE });
      yield* page;
      isFull = page.length === PAGE;
    }
  }
}

const isAbout = ({ data }: RecordedEvent, leaf: Leaf): boolean =>
  data.event === leaf.eventId &&
  data.stream === leaf.stream &&
  data.revision === Number(leaf.rev) &&
  data.bodyHash === leafBodyHash(leaf);
