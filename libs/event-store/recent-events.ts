import type { EncodedAppend, EventBody } from './encoded-append.js';
import type { AppendResult, RecordedEvent } from './event-store.js';
import type { AllPage } from './page.js';

/** Enough for what a follower misses while it is at work; whoever is farther behind reads the file. */
const MOST_EVENTS = 1_000;
const MOST_CHARACTERS = 2 * 1024 * 1024;

interface Recent {
  readonly position: number;
  readonly stored: Omit<RecordedEvent, keyof EventBody>;
  readonly body: string;
  parsed?: RecordedEvent;
}

/**
 * The last events that one writer has committed, without a gap, so that those who follow the store need not read them
 * again. Kept as the texts that were stored, so that what comes from here is what the file would give, and parsed once
 * for all who ask.
 */
export class RecentEvents {
  private events: Recent[] = [];
  private characters = 0;
  private followers = 0;
  private head = 0;

  /** @param head the store's last position, 0 where it is empty */
  openAt(head: number): void {
    this.head = head;
  }

  /** To be told of every append, in the order in which they were committed. */
  add({ stream, events }: EncodedAppend, result: AppendResult): void {
    if (!result.ok) return;
    const last = Number(result.position);
    // A repeated append stands where it was first committed.
    if (last <= this.head) return;
    // After a fault the file may hold more than was answered.
    if (this.head !== last - events.length) this.forget();
    this.head = last;
    if (this.followers === 0) return;
    for (const [index, { id, type, body }] of events.entries()) {
      const behind = events.length - 1 - index;
      const position = last - behind;
      const stored = { id, type, stream, revision: result.revision - behind, position: String(position) };
      this.events.push({ position, stored, body });
      this.characters += body.length;
    }
    if (this.events.length > 2 * MOST_EVENTS || this.characters > 2 * MOST_CHARACTERS) this.shorten();
  }

  /** The page, or undefined where it does not lie wholly in what is kept. */
  page({ after, limit }: AllPage): readonly RecordedEvent[] | undefined {
    const first = this.events[0];
    if (first === undefined || after + 1 < first.position) return undefined;
    const start = after + 1 - first.position;
    return this.events.slice(start, start + limit).map(recorded);
  }

  /** How many more follow, or fewer: while nobody does, nothing is kept. */
  followed(change: 1 | -1): void {
    this.followers += change;
    if (this.followers === 0) this.forget();
  }

  private forget(): void {
    this.events = [];
    this.characters = 0;
  }

  private shorten(): void {
    let from = 0;
    while (this.events.length - from > MOST_EVENTS || this.characters > MOST_CHARACTERS) {
      this.characters -= this.events[from]?.body.length ?? 0;
      from += 1;
    }
    this.events = this.events.slice(from);
  }
}

function recorded(event: Recent): RecordedEvent {
  if (event.parsed === undefined) {
    const { data, metadata } = JSON.parse(event.body) as EventBody;
    event.parsed = { ...event.stored, data, metadata };
  }
  return event.parsed;
}
