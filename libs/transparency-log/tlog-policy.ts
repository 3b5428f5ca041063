import type { NoteKey } from './note-key.js';

export interface PolicyLog {
  /** its name is the log's origin */
  readonly key: NoteKey;
  readonly url?: string;
}

export interface PolicyWitness {
  /** within the policy only; octets, each as one character */
  readonly name: string;
  readonly key: NoteKey;
  readonly url?: string;
}

/** At least `threshold` of the members. */
export interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly (PolicyWitness | PolicyGroup)[];
}

/** Whom somebody trusts (C2SP tlog-policy): which logs, and which witnesses are strong enough together. */
export interface TlogPolicy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  /** undefined: none is asked for, and nothing that rests on witnesses is then shown */
  readonly quorum: PolicyWitness | PolicyGroup | undefined;
}
