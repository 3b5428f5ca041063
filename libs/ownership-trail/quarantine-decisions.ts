import { verifyEventSignature, type EventKeys } from '../contracts/event-keys.js';
import { leafBodyHash, leafOf, type Leaf } from '../contracts/leaf.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { LOG_QUARANTINE_STREAM } from '../log-decisions/quarantine.js';
import type { PlacedLeaf } from './leaf-ownership.js';
import { SealingKeys } from './sealing-keys.js';
import type { BrokenRule } from './stream-chains.js';

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

  async isQuarantined({ leaf }: { readonly leaf: Leaf }): Promise<boolean> {
    const keys = await SealingKeys.restored(this.own, this.store, undefined);
    return isDecidedOn(leaf, this.store, (decision) => keys.verify(decision).ok);
  }
}

/**
 * Whether an administrator proposed it and another person, an auditor, approved it, both for exactly this event.
 *
 * @param isSigned whether a decision counts, by its signature
 */
export async function isDecidedOn(
  leaf: Leaf,
  store: Pick<EventStore, 'readStream'>,
  isSigned: (decision: Leaf) => boolean,
): Promise<boolean> {
  const deciding = new Deciding();
  for (let from = 0, isFull = true; isFull; from += PAGE) {
    const page = await store.readStream(LOG_QUARANTINE_STREAM, { from, limit: PAGE });
    for (const event of page) {
      if (!isAbout(event, leaf)) continue;
      const decision = leafOf(event, undefined);
      if (isSigned(decision) && deciding.approves(decision)) return true;
    }
    isFull = page.length === PAGE;
  }
  return false;
}

/**
 * How many events were decided on, as the leaves of the decisions alone tell. Of which ones only the store tells: a leaf
 * holds no more than a hash of that.
 */
export function decisionsIn(leaves: readonly Leaf[]): number {
  const deciding = new Deciding();
  return leaves.filter((leaf) => leaf.quarantined === undefined && deciding.approves(leaf)).length;
}

/** Where there are fewer decisions than leaves that need one. */
export const undecidedDoubt = (index: number): string =>
  `leaf ${index} was sealed by a quarantine, and the log holds no decision of two people for it`;

/** By the store, which says what each decision is about: the first leaf that was sealed by a quarantine of nobody's. */
export async function undecidedLeaf(
  quarantined: readonly PlacedLeaf[],
  store: Pick<EventStore, 'readStream'>,
  eventKeys: EventKeys | undefined,
): Promise<BrokenRule | undefined> {
  const isSigned = (decision: Leaf) => eventKeys === undefined || verifyEventSignature(decision, eventKeys).ok;
  for (const { leaf, index } of quarantined) {
    if (await isDecidedOn(leaf, store, isSigned)) continue;
    return { index, rule: 'it was sealed by a quarantine on which no two people decided' };
  }
  return undefined;
}

/** Goes through decisions in their order. */
class Deciding {
  readonly #proposers = new Set<string>();

  /** Whether this one is an auditor's approval of what another person, an administrator, proposed before. */
  approves({ type, actor: { id, role } }: Leaf): boolean {
    if (type.startsWith('QuarantineProposed.') && role === 'admin') this.#proposers.add(id);
    if (!type.startsWith('QuarantineApproved.') || role !== 'auditor') return false;
    return [...this.#proposers].some((proposer) => proposer !== id);
  }
}

const isAbout = ({ data }: RecordedEvent, leaf: Leaf): boolean =>
  data.event === leaf.eventId &&
  data.stream === leaf.stream &&
  data.revision === Number(leaf.rev) &&
  data.bodyHash === leafBodyHash(leaf);
