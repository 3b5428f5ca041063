import type { EventKeys } from '../contracts/event-keys.js';
import type { Clock } from '../decider/clock.js';
import type { EventStore } from '../event-store/event-store.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import type { TrailObservation } from './trail-status.js';
import type { Fetch } from './witness-client.js';
import type { WitnessTimes } from './witnesses.js';

export type TrailStore = Pick<EventStore, 'readAll' | 'readStream' | 'subscribe' | 'head' | 'comparePositions'>;

export interface TrailParts {
  readonly store: TrailStore;
  readonly folder: string;
  /** see `TrailLog` */
  readonly signers: readonly [NoteSigner, ...NoteSigner[]];
  /** the log's own policy: its witnesses, and how many of them must have cosigned what is handed out */
  readonly policy: TlogPolicy;
  /** with which events are signed, as the sealer was given them */
  readonly eventKeys: EventKeys;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly observe?: (seen: TrailObservation) => void;
  readonly times?: Partial<TrailTimes>;
  readonly witnessTimes?: WitnessTimes;
  /** Waits; ends early, without a throw, by the signal. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds. */
export interface TrailTimes {
  /** from one checkpoint to the next, at least, where no full batch waits: each is kept for ever */
  readonly pace: number;
  /** from taking what has come to taking what has come since */
  readonly slice: number;
  readonly heartbeat: number;
  /** from one part of the comparison of store and log to the next */
  readonly compare: number;
  /** before something that failed is tried again, or a decision about a refused event is looked for */
  readonly retry: number;
}
