import type { TeamState } from '../../agreements/team.js';
import type { Caller } from '../../http-kit/caller.js';
import { forbidden, notFound, overloaded } from '../../http-kit/problem-exception.js';
import type { IndexWaiters } from '../index-waiters.js';
import type { HeldRow } from '../leaf-index-tables.js';
import { isInSight, type OwnTeams } from '../lead-sight.js';

const WAIT_MS = 5_000;

/** The teams a person belongs to now; without it, in a process that knows no teams, everything is for auditors. */
export type TeamsOf = (person: string) => readonly TeamState[];

/** What a caller may ask of the trail, and the wait for what it has just written. */
export class TrailAccess {
  constructor(
    private readonly indexed: Pick<IndexWaiters, 'whenIndexed'>,
    private readonly teamsOf?: TeamsOf,
  ) {}

  /** @throws ProblemException 403 for callers who may see the trail of no lead at all */
  assertMayAskOfLeads({ roles }: Pick<Caller, 'roles'>): void {
    const own = this.teamsOf === undefined ? [] : ['marketing', 'sales'];
    if (roles.some((role) => role === 'auditor' || own.includes(role))) return;
    throw forbidden('the trail of a lead is for auditors and the teams of the lead');
  }

  /** @throws ProblemException 404 where the caller may not know of the lead */
  assertInSight({ roles, subject }: Caller, held: readonly HeldRow[]): void {
    if (roles.includes('auditor')) return;
    const teams: OwnTeams = (this.teamsOf?.(subject) ?? []).filter(({ kind }) => roles.includes(kind));
    if (!isInSight(held, teams)) throw notFound('lead');
  }

  /** @throws ProblemException 503 where that revision is not sealed and indexed in time */
  async waitFor(after: string | undefined): Promise<void> {
    if (after === undefined) return;
    const [lead = '', revision = ''] = after.split('@');
    const seen = await this.indexed.whenIndexed(`lead-${lead}`, Number(revision), { timeoutMs: WAIT_MS });
    if (!seen) throw overloaded(1, 'That revision is not sealed yet.');
  }
}
