import type { Position, RecordedEvent } from '../event-store/event-store.js';
import type { PreparedBatch, RelaySession, RelayTarget } from './relay-target.js';

class TargetFault extends Error {
  readonly disclosable = true;
  constructor(
    readonly kind: 'retriable' | 'fenced' | 'fatal',
    message: string,
  ) {
    super(message);
  }
}

/** A target in memory with the whole contract: fenced by the latest session, all of a batch or nothing. */
export class MemoryTarget implements RelayTarget {
  readonly published: RecordedEvent[] = [];
  position: Position | undefined;
  sessions = 0;
  /** asked before each publish; what it answers fails it, `lost`: after it was done */
  disturb: (batch: PreparedBatch) => 'away' | 'lost' | 'too-large' | undefined = () => undefined;
  private readonly watchers = new Set<() => void>();

  async begin(): Promise<RelaySession> {
    const own = (this.sessions += 1);
    return {
      position: this.position,
      prepare: (events) => ({ events, lastPosition: events.at(-1)!.position }),
      publish: async (batch) => {
        const fault = this.disturb(batch);
        if (own !== this.sessions) throw new TargetFault('fenced', 'another relay has taken over');
        if (fault === 'away') throw new TargetFault('retriable', 'away');
        if (fault === 'too-large') throw new TargetFault('fatal', 'too large');
        this.published.push(...batch.events);
        this.position = batch.lastPosition;
        for (const look of this.watchers) look();
        if (fault === 'lost') throw new TargetFault('retriable', 'the answer was lost');
      },
      close: async () => undefined,
    };
  }

  async reached(): Promise<Position | undefined> {
    return this.position;
  }

  whenPublished(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.published.length < count) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }
}
