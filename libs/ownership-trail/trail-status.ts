import type { FaultDescription } from '../telemetry/fault-description.js';

/** Why nothing more is sealed, or what was sealed is in doubt; fixed words, ids and numbers only. */
export interface TrailAlarm {
  readonly rule: string;
  readonly eventId?: string;
  /** of the leaf, where it is one that is sealed */
  readonly index?: number;
}

/** How the trail stands. Ages in milliseconds, by the given clock. */
export interface TrailStatus {
  /** `checking`: the log is read through once before anything is added to it */
  readonly state: 'checking' | 'sealing' | 'stopped';
  readonly size: number;
  readonly publishedSize: number;
  /** age of the oldest event that is in no leaf; 0 where there is none */
  readonly unsealedMs: number;
  /** since when there are leaves that no published checkpoint covers; 0 where there are none */
  readonly unpublishedMs: number;
  readonly alarm?: TrailAlarm;
  /** of disk, store or network; it is tried again */
  readonly fault?: string;
  /** a line for each witness that did not cosign when last asked */
  readonly missing: readonly string[];
  /** why the index of the leaves does not follow the log, in fixed words; it is tried again */
  readonly indexFault?: string;
}

export type TrailObservation =
  | { readonly kind: 'checked'; readonly size: number }
  | { readonly kind: 'sealed'; readonly leaves: number; readonly size: number; readonly seconds: number }
  | { readonly kind: 'published'; readonly size: number }
  | { readonly kind: 'unwitnessed'; readonly missing: readonly string[] }
  | { readonly kind: 'alarm'; readonly alarm: TrailAlarm }
  | { readonly kind: 'alarm-over'; readonly alarm: TrailAlarm }
  | { readonly kind: 'compared'; readonly leaves: number }
  | { readonly kind: 'index-stands-still'; readonly fault: FaultDescription }
  | { readonly kind: 'index-goes-on' }
  | { readonly kind: 'fault'; readonly at: 'sealing' | 'publishing' | 'comparing'; readonly fault: FaultDescription };

/** What the process knows of its trail, whether it is sealed in this thread or another. */
export interface Trail {
  status(): Promise<TrailStatus>;
  /** Ends the work under way and frees the folder. */
  stop(): Promise<void>;
}
