import type { PlacedLeaf, SealedInterval } from '../leaf-ownership.js';
import type { OwnerRole } from '../../lead-lifecycle/ownership.js';

/** Bounds of a page: more would be a file that no browser opens gladly. */
export const MOST_REPORT_LEADS = 100;

export type ReportSubject =
  { readonly kind: 'lead'; readonly lead: string } | { readonly kind: 'team'; readonly team: string };

/** ISO 8601 UTC, [from, to). */
export interface ReportPeriod {
  readonly from?: string;
  readonly to?: string;
}

/** When a leaf came into the log, by the witnesses' clocks (ISO); open where no quorum vouches for a side. */
export interface SeenTimes {
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** What the verifier said of a bundle when the page was made, by keys that were given to whoever made it. */
export interface CheckedBundle {
  readonly verdict: 'proven' | 'tampered' | 'incomplete';
  readonly rule?: string;
  readonly doubts?: readonly string[];
  /** by role and revision: when the leaves that began and ended an interval came into the log */
  readonly seen: ReadonlyMap<string, { readonly beginning: SeenTimes; readonly end?: SeenTimes }>;
}
export const seenKey = (role: OwnerRole, revision: number): string => `${role} ${revision}`;

/** A lead, by the leaves that its proof holds. */
export interface ReportLead {
  readonly lead: string;
  readonly leaves: readonly PlacedLeaf[];
  readonly intervals: readonly (SealedInterval & { readonly role: OwnerRole })[];
  /** the proof: a bundle as `baton audit verify` takes it */
  readonly bundle: string;
  /** of leaves in its checkpoint's tree */
  readonly size: number;
  readonly checked?: CheckedBundle;
}

export interface ReportData {
  readonly subject: ReportSubject;
  readonly period: ReportPeriod;
  /** ISO */
  readonly madeAt: string;
  /** whence the proofs came: an address without path, or a copy of the log */
  readonly source: string;
  readonly leads: readonly ReportLead[];
  /** the newest checkpoint among those of the proofs, a signed note */
  readonly checkpoint: string;
  /** SHA-256 (hex) of the files by which the proofs were checked, where they were */
  readonly checkedBy?: { readonly policy: string; readonly eventKeys: string };
}
