import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { Parsed } from '../transparency-log/parsed.js';
import type { EventSignature } from './event-signature.js';
import { verifyEventSignature, type EventKeys } from './event-keys.js';
import { leafOf, type Leaf, type PlacedEvent } from './leaf.js';

/**
 * What a caller keeps of an event that their command wrote: the leaf that must stand in the log for it, without `prev`,
 * and the writing service's signature of exactly that (over its JCS text).
 *
 * It proves that the service recorded this event, at this place of this stream, at this time, with data and metadata of
 * these hashes. Whoever holds it needs neither store nor server:
 * 1. `verifyReceipt` with the event keys that were given out of band;
 * 2. once the merge delay has passed, the log up to a checkpoint that witnesses saw later than that: the leaf of this
 *    `stream` and `rev` is there and says the same (its `prev`, `sig` and `quarantined` apart). No such leaf, or another
 *    one, together with the receipt proves that the log omits or replaced what was acknowledged.
 *
 * It does not prove that the data is true, nor anything of events that came after. It holds no personal data.
 */
export interface Receipt {
  readonly leaf: Leaf;
  readonly signature: EventSignature;
}

/** The receipt of a stored event, the same whenever it is asked for; none for one that somebody wrote unsigned. */
export function receiptOf(event: RecordedEvent | PlacedEvent): Receipt | undefined {
  const { sig, [LEAF]: known } = event.metadata as Signed;
  if (sig === undefined) return undefined;
  if (known !== undefined) return { leaf: known, signature: sig };
  const { sig: _sig, ...leaf } = leafOf(event, undefined);
  return { leaf, signature: sig };
}

/** Whether a key that was in use when the event was recorded signed the receipt. */
export const verifyReceipt = ({ leaf, signature }: Receipt, keys: EventKeys): Parsed<true> =>
  verifyEventSignature({ ...leaf, sig: signature }, keys);

/** Of metadata that this process has just signed: making a leaf again costs as much as signing it. */
const LEAF = Symbol('leaf');
interface Signed {
  readonly sig?: EventSignature;
  readonly [LEAF]?: Leaf;
}

/** Metadata with its signature, which knows the leaf that was signed; nobody else sees that, and no copy has it. */
export const signedMetadata = (metadata: JsonObject, sig: EventSignature, leaf: Leaf): JsonObject =>
  Object.defineProperty({ ...metadata, sig }, LEAF, { value: leaf });
