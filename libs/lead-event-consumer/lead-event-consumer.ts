import type { EventPlace, LeadEvent, UnknownLeadEvent } from './lead-event.js';

/**
 * How far a service is with each lead. Kept in the service's own database and written in the transaction of the effect,
 * it makes each event's effect happen once, whatever comes twice.
 */
export interface Marks {
  /** the last revision that was handled; undefined for a lead that is new */
  of(lead: string): Promise<number | undefined> | number | undefined;
  handled(place: EventPlace): Promise<void> | void;
}

/** For services that begin anew with every start. Grows with the number of leads. */
export class MemoryMarks implements Marks {
  readonly #revisions = new Map<string, number>();

  of(lead: string): number | undefined {
    return this.#revisions.get(lead);
  }

  handled({ lead, revision }: EventPlace): void {
    this.#revisions.set(lead, revision);
  }
}

/** Events that did not come: from `expected` (included) to `came` (excluded). */
export interface Gap {
  readonly lead: string;
  readonly expected: number;
  readonly came: number;
}

export interface ConsumerOptions {
  readonly handle: (event: LeadEvent) => Promise<void> | void;
  readonly marks?: Marks;
  /**
   * Called before the event after the gap is handled; throwing leaves that event for later. Absent where the events are
   * filtered by type, or begin in the middle of the history: gaps are then nothing to report.
   */
  readonly onGap?: (gap: Gap) => Promise<void> | void;
  /**
   * An event that this library is too old for: what it means nobody here can say. Throwing (the default) stops; a service
   * that can do without it returns, and the event counts as handled.
   */
  readonly onUnknown?: (event: UnknownLeadEvent) => Promise<void> | void;
}

export type Taken = 'handled' | 'seen' | 'passed-over';

/** Takes each lead's events once and in order. Give it one event at a time, and await it. */
export class LeadEventConsumer {
  readonly #marks: Marks;

  constructor(private readonly options: ConsumerOptions) {
    this.#marks = options.marks ?? new MemoryMarks();
  }

  /** @throws what a handler or the marks throw: the event then counts as not handled, and may come again */
  async take(event: LeadEvent | UnknownLeadEvent): Promise<Taken> {
    const { lead, revision } = event;
    const before = (await this.#marks.of(lead)) ?? -1;
    if (revision <= before) return 'seen';
    if (revision > before + 1) await this.options.onGap?.({ lead, expected: before + 1, came: revision });
    if (event.type === undefined) await (this.options.onUnknown ?? stop)(event);
    else await this.options.handle(event);
    await this.#marks.handled({ lead, revision });
    return event.type === undefined ? 'passed-over' : 'handled';
  }
}

function stop({ lead, revision, storedType }: UnknownLeadEvent): never {
  throw new TypeError(`lead-${lead}@${revision} is ${storedType}, which this service does not know: update it`);
}
