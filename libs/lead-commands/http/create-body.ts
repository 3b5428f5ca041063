import type { Caller } from '../../http-kit/caller.js';
import type { CreateBody } from '../lead-creation.js';
import type { CreateLeadDto } from './lead.dto.js';

/** What the domain asks of a new lead, from what HTTP takes. */
export function createBodyOf(dto: CreateLeadDto, { roles }: Pick<Caller, 'roles'>): CreateBody {
  const { behaviours = [], profile, details, ...rest } = dto;
  return {
    kind: 'create',
    ...rest,
    behaviours,
    profile: { ...profile },
    details: { ...details },
    intake: roles.includes('import') ? 'import' : 'api',
  };
}
