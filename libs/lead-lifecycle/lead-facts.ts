import type { AgreementContent } from '../agreements/agreement-content.js';
import type { PolicyContent } from '../agreements/policy.js';
import type { TeamState } from '../agreements/team.js';
import type { Actor, FactRef } from '../decider/decision.js';

/** What a decision looks at beyond the lead's own stream; read before deciding, and named in the event. */
export interface LeadFacts {
  /** ISO 8601 UTC with milliseconds */
  readonly now: string;
  readonly actor: Actor;
  readonly teams: Teams;
  /** the ideal-lead policy in force for the lead's segment now, if any */
  readonly policy?: {
    readonly segment: string;
    readonly version: number;
    readonly contentHash: string;
    readonly content: PolicyContent;
  };
  /** version 0 is the shipped default */
  readonly agreement: { readonly segment: string; readonly version: number; readonly content: AgreementContent };
  readonly consentWithdrawn: boolean;
  /** from the approval of the erasure on */
  readonly contactErased: boolean;
  /** a lead of the same contact that is open or lost; `readable`: the caller may know of it */
  readonly duplicate?: { readonly leadId: string; readonly readable: boolean };
  /** for a merge: the lead to merge into */
  readonly survivor?: { readonly merged: boolean; readonly sameContact: boolean };
  readonly load?: SalesLoadFacts;
  /** for an offer made by the rule: its id, from the command id */
  readonly offerId?: string;
  readonly refs: readonly FactRef[];
}

/** The teams as far as a decision needs them. */
export interface Teams {
  get(id: string): TeamState | undefined;
  /** ids in ascending order */
  ofKind(kind: 'marketing' | 'sales'): readonly TeamState[];
}

/** From a read model: may be some events old, which the event's facts show. */
export interface SalesLoadFacts {
  /** leads offered to or worked by the team */
  backlog(team: string): number;
  /** when the member was last offered a lead by round robin (ISO), or undefined for never */
  lastOfferedAt(team: string, person: string): string | undefined;
}

export const isMember = (team: TeamState | undefined, person: string): boolean =>
  team !== undefined && (team.members.includes(person) || team.managers.includes(person));
export const isManager = (team: TeamState | undefined, person: string): boolean =>
  team !== undefined && team.managers.includes(person);
