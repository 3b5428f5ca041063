/** Roles a token may carry; `rule` is Baton's own automatic flow and is never in a token. */
export const TOKEN_ROLES = [
  'marketing',
  'sales',
  'analyst',
  'auditor',
  'service',
  'privacy',
  'admin',
  'import',
] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];
export type Role = TokenRole | 'rule';

/** Who does something. `id` is the token's opaque subject or, for a rule, the rule's name. */
export interface Actor {
  readonly kind: 'human' | 'rule' | 'integration';
  readonly id: string;
  readonly role: Role;
  readonly team?: string;
  readonly onBehalfOf?: string;
}

/** Where a fact was read: a decision names them, so that a stale one is visible in the event. */
export interface FactRef {
  readonly name: string;
  readonly stream: string;
  readonly revision: number;
}

/**
 * Why a command is refused. A closed set; each becomes one RFC 9457 problem type.
 * `rule` is a short sentence in plain words; it never repeats what a person typed.
 */
export type Refusal =
  | { readonly code: 'forbidden'; readonly rule: string }
  | { readonly code: 'not-found'; readonly what: string }
  | {
      readonly code: 'illegal-transition';
      readonly state: string;
      /** the commands that the current state does allow */
      readonly allowed: readonly string[];
      readonly rule?: string;
    }
  | { readonly code: 'duplicate'; readonly leadId: string }
  | { readonly code: 'conflict'; readonly rule: string }
  | { readonly code: 'invalid'; readonly field: string; readonly rule: string };

/** An event that was decided but not yet written. `personal` is plaintext; it is sealed before the append. */
export interface EventDraft<Type extends string = string, Data = object, Personal = object> {
  readonly type: Type;
  readonly data: Data;
  readonly personal?: Personal;
  /** ISO 8601 UTC with milliseconds: when it happened, as told. */
  readonly occurredAt: string;
}

/** What `decide` answers: a result with the events that make it so, or the refusal. Refusals are values. */
export type Decision<Event extends EventDraft, Result = null> =
  | { readonly ok: true; readonly result: Result; readonly events: readonly Event[] }
  | { readonly ok: false; readonly refusal: Refusal };

export const refuse = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal });
