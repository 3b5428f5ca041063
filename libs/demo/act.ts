import type { TeamCommand } from '../agreements/decide-team.js';
import type { SignedKind } from '../agreements/signed-versions.js';
import type { ContactCommand } from '../contacts/decide-contact.js';
import type { Refusal } from '../decider/decision.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { LeadCommand, LeadCommandKind } from '../lead-lifecycle/lead-commands.js';
import type { Doer } from './cast.js';
import type { Prospect } from './market.js';

/** What is asked of a lead, without its frame. */
export type LeadDeed<K extends LeadCommandKind = LeadCommandKind> = {
  [Kind in K]: Omit<Extract<LeadCommand, { kind: Kind }>, 'commandId' | 'lead' | 'offerId'> &
    (Kind extends 'expire' ? { readonly offerId: string } : { readonly offerId?: string });
}[K];
export type NewLead = Omit<LeadDeed<'create'>, 'contact'>;
export type VersionDeed =
  | { readonly type: 'propose'; readonly content: object }
  | { readonly type: 'sign'; readonly version: number; readonly contentHash: string };

/** One command of the story, and whose it is. */
export type Act = { readonly by: Doer } & (
  | { readonly on: 'new-lead'; readonly body: NewLead; readonly prospect: Prospect }
  | {
      readonly on: 'lead';
      readonly lead: string;
      readonly deed: LeadDeed;
      /** the revision that was seen, where the command asks for it */
      readonly seen?: number;
    }
  | {
      readonly on: 'contact';
      readonly contact: string;
      readonly deed: Exclude<ContactCommand, { type: 'register' | 'mirror-touch' }>;
    }
  | { readonly on: 'team'; readonly team: string; readonly deed: TeamCommand }
  | { readonly on: 'terms'; readonly kind: SignedKind; readonly deed: VersionDeed }
);

export interface Performed {
  /** everything that it led to, what lead-routing did after it included, in commit order */
  readonly events: readonly RecordedEvent[];
  readonly refusal?: Refusal;
  /** the lead that was made */
  readonly lead?: string;
}

/** Where the story is played: the real commands, on a clock that the story drives. */
export interface Stage {
  /** @param at ms since the epoch, never before an earlier act's */
  perform(act: Act, at: number): Promise<Performed>;
}
