import type { Caller } from '../../http-kit/caller.js';
import { forbidden, notFound, ProblemException } from '../../http-kit/problem-exception.js';
import { problem } from '../../http-kit/problem.js';
import type { Operated } from '../operated.js';

/** @throws ProblemException 403 for everybody but administrators */
export function assertOperator({ roles }: Pick<Caller, 'roles'>): void {
  if (!roles.includes('admin')) throw forbidden('views and their dead letters are kept by administrators');
}

/** @throws ProblemException for what was refused: 404 or 409 */
export function operatedOr<T>(operated: Operated<T>): T {
  if (operated.ok) return operated.value;
  throw operated.reason === 'not-found'
    ? notFound(operated.detail)
    : new ProblemException(problem('conflict', { detail: operated.detail }));
}
