import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { leafHash } from '../transparency-log/merkle-hash.js';
import { encodeLeaf, leafOf } from '../contracts/leaf.js';
import { TrailRefused, type NewLeaf, type TrailLog } from './trail-log.js';

/** Most leaves between two checkpoints. A batch is what is waiting, never a wait for a full one. */
const MOST_LEAVES = 2_000;

/** Puts every event of the store into the log, in the store's own order: anyone who holds the store can do it again. */
export class Sealer {
  constructor(
    private readonly store: EventStore,
    private readonly log: TrailLog,
    /** after each published checkpoint */
    private readonly onSealed: (size: number, checkpoint: string) => void = () => undefined,
  ) {}

  /**
   * Seals until the signal.
   *
   * @throws TrailRefused at an event that does not follow its stream's leaves: somebody wrote past the commands, or the
   * store lost what was sealed. Nothing after it is sealed either.
   */
  async run(signal: AbortSignal): Promise<void> {
    const after = this.log.sealedUpTo;
    const options = { signal, batchSize: MOST_LEAVES, ...(after === undefined ? {} : { after }) };
    for await (const events of this.store.subscribe(options)) await this.seal(events);
  }

  /** Seals one batch, which follows what was sealed. Public for those who bring the events themselves. */
  async seal(events: readonly RecordedEvent[]): Promise<void> {
    const leaves: NewLeaf[] = [];
    let refusal: unknown;
    for (const event of events) {
      try {
        leaves.push(this.#leaf(event, this.log.size + leaves.length));
      } catch (fault) {
        refusal = fault;
        break;
      }
    }
    // What came before the event at which it stops is as good as ever.
    if (leaves.length > 0) await this.#publish(leaves);
    if (refusal !== undefined) throw refusal as Error;
  }

  async #publish(leaves: readonly NewLeaf[]): Promise<void> {
    const checkpoint = await this.log.append(leaves);
    this.onSealed(this.log.size, checkpoint);
  }

  #leaf(event: RecordedEvent, index: number): NewLeaf {
    const leaf = leafOf(event, this.log.chains.last(event.stream)?.hash);
    const bytes = encodeLeaf(leaf);
    const broken = this.log.chains.take(leaf, leafHash(bytes).toString('hex'), index);
    if (broken) throw new TrailRefused(`event ${event.id} is not sealed: ${broken.rule}`);
    return { bytes, position: event.position };
  }
}
