/** What an operator asked for, or why it is not done, in a fixed sentence. */
export type Operated<T> = { readonly ok: true; readonly value: T } | OperationRefused;

export interface OperationRefused {
  readonly ok: false;
  readonly reason: 'not-found' | 'conflict';
  /** not-found: what there is none of; conflict: the rule */
  readonly detail: string;
}

export const notFound = (what: string): OperationRefused => ({ ok: false, reason: 'not-found', detail: what });
export const conflict = (rule: string): OperationRefused => ({ ok: false, reason: 'conflict', detail: rule });
