import type { TeamState } from '../../agreements/team.js';
import type { Caller } from '../../http-kit/caller.js';
import { forbidden, overloaded } from '../../http-kit/problem-exception.js';
import type { ViewRunner } from '../../projection-runner/view-runner.js';
import type { Scope } from '../scope.js';

const READ_ALL = ['service', 'import', 'analyst', 'auditor', 'privacy'];
const WAIT_MS = 5_000;

/** The teams a person belongs to now: membership comes from the team streams, never from a token. */
export type TeamsOf = (person: string) => readonly TeamState[];

/** What a caller may see, and the wait for what it has just written. */
export class ViewAccess {
  constructor(
    private readonly teamsOf: TeamsOf,
    private readonly runner: Pick<ViewRunner, 'whenProcessed'>,
  ) {}

  /** @throws ProblemException 403 for callers who read no leads at all */
  scopeOf({ roles, subject }: Caller): Scope {
    if (roles.some((role) => READ_ALL.includes(role))) return { all: true };
    this.assertReader({ roles });
    const ids = (kind: TeamState['kind']): readonly string[] =>
      (roles as readonly string[]).includes(kind)
        ? this.teamsOf(subject)
            .filter((team) => team.kind === kind)
            .map(({ id }) => id)
        : [];
    return { marketingTeams: ids('marketing'), salesTeams: ids('sales') };
  }

  /**
   * What a caller may see once the views have what they wait for: who has left a team by then sees what is left to them.
   * Whoever may see nothing at all does not wait.
   *
   * @throws ProblemException as `scopeOf` and `waitFor`
   */
  async scopeAfter(caller: Caller, views: string | readonly string[], after: string | undefined): Promise<Scope> {
    this.scopeOf(caller);
    await Promise.all([views].flat().map((view) => this.waitFor(view, after)));
    return this.scopeOf(caller);
  }

  /** Metrics are company-wide, for everybody who works with leads. */
  assertReader({ roles }: Pick<Caller, 'roles'>): void {
    if (!roles.some((role) => ['marketing', 'sales', ...READ_ALL].includes(role))) {
      throw forbidden('leads and their numbers are for those who work with them');
    }
  }

  /** @throws ProblemException 503 where the view does not have it in time */
  async waitFor(projection: string, after: string | undefined): Promise<void> {
    if (after === undefined) return;
    const [lead = '', revision = ''] = after.split('@');
    const place = { stream: `lead-${lead}`, revision: Number(revision) };
    const seen = await this.runner.whenProcessed(projection, place, { timeoutMs: WAIT_MS });
    if (!seen) throw overloaded(1, 'The view does not have that revision yet.');
  }
}
