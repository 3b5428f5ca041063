import type { AgreementContent } from '../agreements/agreement-content.js';
import { DEFAULT_AGREEMENT } from '../agreements/default-agreement.js';
import type { PolicyContent } from '../agreements/policy.js';
import type { VersionsState } from '../agreements/signed-versions.js';
import { teamStream, type Team, type TeamState } from '../agreements/team.js';
import { inForceAt } from '../agreements/validity.js';
import type { FactRef } from '../decider/decision.js';
import type { LeadFacts, Teams } from '../lead-lifecycle/lead-facts.js';
import { agreementFold, policyFold, teamFold } from './folds.js';
import type { StreamCommands } from './stream-commands.js';

export const DEFAULT_SEGMENT = 'default';

interface Known<State> {
  readonly state: State;
  readonly revision: number;
}

/**
 * Teams, policies and agreements, folded and in memory: every decision looks at them. Filled at start, refreshed after
 * each change that this process makes and, from the feed, after those of others; each fact says how fresh it was.
 */
export class ReferenceData {
  readonly #teams = new Map<string, Known<TeamState>>();
  readonly #policies = new Map<string, Known<VersionsState<PolicyContent>>>();
  readonly #agreements = new Map<string, Known<VersionsState<AgreementContent>>>();

  constructor(private readonly commands: StreamCommands) {}

  /** Whether a stream holds reference data. */
  static holds(stream: string): boolean {
    return /^(team|policy|agreement)-/.test(stream);
  }

  async refresh(stream: string): Promise<void> {
    const [kind = '', ...rest] = stream.split('-');
    const id = rest.join('-');
    if (kind === 'team') {
      const { state, revision } = await this.commands.load<Team>(stream, teamFold(id));
      if (state.formed) this.#teams.set(id, { state, revision });
    } else if (kind === 'policy') {
      this.#policies.set(id, await this.commands.load(stream, policyFold(id)));
    } else if (kind === 'agreement') {
      this.#agreements.set(id, await this.commands.load(stream, agreementFold(id)));
    }
  }

  readonly teams: Teams = {
    get: (id) => this.#teams.get(id)?.state,
    ofKind: (kind) =>
      [...this.#teams.values()]
        .map(({ state }) => state)
        .filter((team) => team.kind === kind)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };

  /** Every team with the revision it was read at. */
  allTeams(): readonly { readonly team: TeamState; readonly revision: number }[] {
    return [...this.#teams.values()].map(({ state, revision }) => ({ team: state, revision }));
  }

  teamsOf(person: string): readonly TeamState[] {
    return this.allTeams()
      .map(({ team }) => team)
      .filter((team) => team.members.includes(person) || team.managers.includes(person));
  }

  teamRef(id: string): FactRef | undefined {
    const known = this.#teams.get(id);
    return known && { name: 'team', stream: teamStream(id), revision: known.revision };
  }

  /** What is in force for a segment at a time: the segment's own, else the default segment's. */
  inForce(segment: string | undefined, time: string): Pick<LeadFacts, 'policy' | 'agreement' | 'refs'> {
    const segments = segment === undefined ? [DEFAULT_SEGMENT] : [segment, DEFAULT_SEGMENT];
    const policy = first(segments, (name) => versionOf(this.#policies.get(name), 'policy', name, time));
    const agreement = first(segments, (name) => versionOf(this.#agreements.get(name), 'agreement', name, time));
    return {
      ...(policy ? { policy: policy.version } : {}),
      agreement: agreement?.version ?? { segment: DEFAULT_SEGMENT, version: 0, content: DEFAULT_AGREEMENT },
      refs: [policy?.ref, agreement?.ref].filter((ref) => ref !== undefined),
    };
  }

  /** Every policy with all its versions. */
  policies(): readonly VersionsState<PolicyContent>[] {
    return [...this.#policies.values()].map(({ state }) => state);
  }
}

function versionOf<Content>(
  known: Known<VersionsState<Content>> | undefined,
  kind: 'policy' | 'agreement',
  segment: string,
  time: string,
) {
  const found = known && inForceAt(known.state, time);
  if (!found) return undefined;
  const { version, contentHash, content } = found;
  const ref: FactRef = { name: kind, stream: `${kind}-${segment}`, revision: known.revision };
  return { version: { segment, version, contentHash, content }, ref };
}

function first<T>(names: readonly string[], find: (name: string) => T | undefined): T | undefined {
  for (const name of names) {
    const found = find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
