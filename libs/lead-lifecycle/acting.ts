import type { Actor } from '../decider/decision.js';

/**
 * Who an event's actor is: the caller, or the rule that a decided event names. The automatic flow acts by itself, also
 * in a commit that somebody else triggered; where a rule triggered it, the event says more exactly which.
 */
export function actorOf(draft: { readonly rule?: string }, caller: Actor): Actor {
  if (draft.rule === undefined) return caller;
  return caller.role === 'rule' ? { ...caller, id: draft.rule } : { id: draft.rule, kind: 'rule', role: 'rule' };
}
