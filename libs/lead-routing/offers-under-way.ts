import type { OfferUnderWay } from '../lead-commands/command-parts.js';

/** More would be too long a list for the question that leaves them out. */
const MOST = 64;

/**
 * What was routed and what the views do not show yet. Whoever decides next counts these offers beside the views, so that
 * nobody has to wait for the views after each lead.
 */
export class OffersUnderWay {
  readonly #offers = new Map<string, OfferUnderWay>();
  readonly #unseen = new Set<Promise<void>>();

  /** @param most leads that are routed before the views have the first of them; with 1 each is waited for */
  constructor(private readonly most = MOST) {}

  /** Those that are not seen yet, each lead once. */
  get all(): readonly OfferUnderWay[] {
    return [...this.#offers.values()];
  }

  /**
   * Resolves at once, or where there are too many when the views have caught up with one.
   *
   * @param offer undefined where the lead was not offered, but held
   * @param seen when the views have it, or are waited for no longer
   */
  async add(offer: OfferUnderWay | undefined, seen: Promise<void>): Promise<void> {
    if (offer) this.#offers.set(offer.lead, offer);
    const unseen: Promise<void> = seen
      .catch(() => undefined)
      .then(() => {
        this.#unseen.delete(unseen);
        if (offer && this.#offers.get(offer.lead) === offer) this.#offers.delete(offer.lead);
      });
    this.#unseen.add(unseen);
    if (this.#unseen.size >= this.most) await Promise.race(this.#unseen);
  }

  /** Resolves once the views have all that was routed until now. */
  async settled(): Promise<void> {
    await Promise.all(this.#unseen);
  }
}
