import { eventName } from '../contracts/event-type.js';
import type { Clock } from '../decider/clock.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { Audience, Audiences } from './audience.js';
import type { FeedPlace } from './feed-place.js';
import type { LeadTail } from './lead-tail.js';
import { sameSight, sees, type Sight } from './sight.js';

/** Only what has all that is given. */
export interface FeedFilter {
  /** names of event types, without version */
  readonly types?: readonly string[];
  readonly leads?: readonly string[];
  /** leads that this team stewards, is offered, works or once worked */
  readonly team?: string;
}

export type FeedMessage =
  | { readonly kind: 'event'; readonly event: RecordedEvent; readonly place: FeedPlace }
  /** a lead that was seen until now is seen no more */
  | { readonly kind: 'out-of-sight'; readonly lead: string; readonly place: FeedPlace }
  /** nothing came for a while, or nothing for this listener */
  | { readonly kind: 'heartbeat'; readonly place: FeedPlace }
  /** the last message: why nothing follows */
  | { readonly kind: 'end'; readonly reason: string };

export interface Listener {
  readonly from: FeedPlace;
  readonly filter: FeedFilter;
  /** as it is now; undefined where there is none any more */
  readonly sight: () => Sight | undefined;
  /** milliseconds since the epoch */
  readonly expiresAt: number;
  /** whether the token would still be taken */
  readonly isTrusted: () => Promise<boolean>;
  /** the listener is gone */
  readonly signal: AbortSignal;
}

export interface LeadFeedParts {
  readonly tail: LeadTail;
  readonly audiences: Audiences;
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** after so long a token is looked at again */
  readonly trustMs: number;
}

/**
 * Every event of the leads in a caller's sight, once and in commit order. A lead that comes into sight brings what
 * happened to it before, so that its revisions have no gap; what has left the caller's sight by now is not told, however
 * old the place from which somebody asks. Nothing is read further than it is taken.
 */
export class LeadFeed {
  constructor(private readonly parts: LeadFeedParts) {}

  async *messages(listener: Listener): AsyncGenerator<FeedMessage, void, undefined> {
    const { tail, clock, heartbeatMs, trustMs } = this.parts;
    const { signal } = listener;
    const sight = listener.sight();
    if (!sight) return;
    const telling = new Telling(this.parts.audiences, sight, listener.filter);
    let place = listener.from;
    let trustedUntil = clock() + trustMs;
    const ended = async (): Promise<string | undefined> => {
      if (clock() >= listener.expiresAt) return 'the token has expired';
      if (!sameSight(listener.sight(), sight)) return 'the teams of the caller have changed';
      if (clock() < trustedUntil) return undefined;
      trustedUntil = clock() + trustMs;
      return (await listener.isTrusted()) ? undefined : 'the token is no longer taken';
    };
    // At once, so that whoever is cut off before the first event goes on from here and not from a later now.
    yield { kind: 'heartbeat', place };
    let toldAt = performance.now();
    while (!signal.aborted) {
      const waitMs = Math.max(1, toldAt + heartbeatMs - performance.now());
      const page = await tail.next(place.position, { waitMs, signal });
      for (const event of page?.events ?? []) {
        for await (const message of telling.of(event, place)) {
          // However long the message before took to be taken: nothing goes out that may not now.
          const end = await ended();
          if (end !== undefined) return yield { kind: 'end', reason: end };
          yield message;
          toldAt = performance.now();
        }
        place = { position: event.position };
      }
      if (signal.aborted) return;
      const end = await ended();
      if (end !== undefined) return yield { kind: 'end', reason: end };
      if (page) place = { ...(page.events.length === 0 ? place : {}), position: page.reached };
      if (performance.now() - toldAt < heartbeatMs) continue;
      yield { kind: 'heartbeat', place };
      toldAt = performance.now();
    }
  }
}

/** Leads whose events were passed over as long as nobody remembers more of them. */
const MOST_PASSED_OVER = 10_000;

/** What of each event is told to one listener. */
class Telling {
  /** First revisions that were in sight when they happened, but not when they were to be told. */
  private readonly passedOver = new Map<string, number>();

  constructor(
    private readonly audiences: Audiences,
    private readonly sight: Sight,
    private readonly filter: FeedFilter,
  ) {}

  async *of(event: RecordedEvent, place: FeedPlace): AsyncGenerator<FeedMessage> {
    const lead = event.stream.slice('lead-'.length);
    const { leads, team } = this.filter;
    if (leads && !leads.includes(lead)) return;
    const here: FeedPlace = { position: event.position };
    if (this.sight.all && team === undefined) {
      if (this.isAskedFor(event)) yield { kind: 'event', event, place: here };
      return;
    }
    const passage = await this.audiences.around(event);
    const was = this.shows(passage.before);
    if (!this.shows(passage.after)) {
      if (was) yield { kind: 'out-of-sight', lead, place: here };
      return;
    }
    if (!this.sight.all && !sees(this.sight, await this.audiences.now(event.stream))) {
      this.passOver(lead, event.revision);
      return;
    }
    const missed = this.passedOver.get(lead);
    if (!was || missed !== undefined) yield* this.earlier(event, place, missed);
    this.passedOver.delete(lead);
    if (this.isAskedFor(event)) yield { kind: 'event', event, place: here };
  }

  /** What happened to a lead before it came into sight and was not told yet. */
  private async *earlier(event: RecordedEvent, place: FeedPlace, missed = Infinity) {
    const untold: RecordedEvent[] = [];
    for await (const { event: one, audience } of this.audiences.before(event.stream, event.revision)) {
      if (this.shows(audience) && one.revision < missed) untold.length = 0;
      else untold.push(one);
    }
    for (const one of untold) {
      if (one.revision <= (place.told ?? -1) || !this.isAskedFor(one)) continue;
      const told: FeedPlace = { position: place.position, told: one.revision };
      yield { kind: 'event' as const, event: one, place: told };
    }
  }

  private shows(audience: Audience): boolean {
    const { team } = this.filter;
    const { steward, offeree, workedBy } = audience;
    return sees(this.sight, audience) && (team === undefined || [steward, offeree, ...workedBy].includes(team));
  }

  private isAskedFor({ type }: RecordedEvent): boolean {
    const { types } = this.filter;
    return types === undefined || types.includes(eventName(type) ?? type);
  }

  private passOver(lead: string, revision: number): void {
    if (this.passedOver.size >= MOST_PASSED_OVER) this.passedOver.clear();
    if (!this.passedOver.has(lead)) this.passedOver.set(lead, revision);
  }
}
