import type { Caller } from '../../http-kit/caller.js';
import { forbidden } from '../../http-kit/problem-exception.js';

/** @throws ProblemException 403: entries tell who did what, which is for those who audit */
export function assertAuditor({ roles }: Pick<Caller, 'roles'>): void {
  if (!roles.includes('auditor')) throw forbidden('the entries of the log are for auditors');
}
