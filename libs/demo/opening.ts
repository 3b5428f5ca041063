import type { TeamCommand } from '../agreements/decide-team.js';
import type { SignedKind } from '../agreements/signed-versions.js';
import { canonicalHash } from '../canonical-json/canonical-json.js';
import type { Act } from './act.js';
import type { Agenda } from './agenda.js';
import { ADMIN, CAST, marketer, seller, type Doer } from './cast.js';
import { FIRST_AGREEMENT, FIRST_POLICY } from './terms.js';
import { MINUTE } from './working-time.js';

/** The first morning: teams, their people and capacities, the agreement and the ideal lead, each signed by both. */
export function opening(agenda: Agenda, at: number, leads: number): void {
  const acts: Act[] = [
    ...CAST.flatMap(({ id, name, kind, manager, members }): Act[] =>
      [
        { type: 'form', kind, name } as const,
        ...[manager, ...members].map((person) => ({ type: 'join', person }) as const),
        { type: 'appointManager', person: manager } as const,
        { type: 'listSignatory', person: manager } as const,
      ].map((deed) => ofTeam(id, deed, ADMIN)),
    ),
    ...CAST.filter(({ kind }) => kind === 'sales').map(({ id, manager }) => capacity(id, manager, leads, 1)),
    ...signed('agreement', 1, FIRST_AGREEMENT, { by: seller('ed'), signatories: [seller('ed'), marketer('olga')] }),
    ...signed('policy', 1, FIRST_POLICY, { by: marketer('maria'), signatories: [marketer('mona'), seller('sara')] }),
  ];
  acts.forEach((act, index) => agenda.note({ at: at + index * MINUTE, act: () => act }));
}

export const ofTeam = (team: string, deed: TeamCommand, by: Doer): Act => ({ on: 'team', by, team, deed });

/** @param share of what the team can usually work */
export function capacity(team: string, manager: string, leads: number, share: number): Act {
  const perThousand = CAST.find(({ id }) => id === team)?.capacityPerThousand ?? 30;
  const openLeads = Math.max(2, Math.round((perThousand * leads * share) / 1000));
  return ofTeam(team, { type: 'declareCapacity', openLeads }, seller(manager));
}

/** Proposed by one, signed by one of each kind of team: each signs the hash of what they have read. */
export function signed(
  kind: SignedKind,
  version: number,
  content: object,
  { by, signatories }: { readonly by: Doer; readonly signatories: readonly Doer[] },
): readonly Act[] {
  const contentHash = canonicalHash(content);
  return [
    { on: 'terms', kind, by, deed: { type: 'propose', content } },
    ...signatories.map((one): Act => ({ on: 'terms', kind, by: one, deed: { type: 'sign', version, contentHash } })),
  ];
}
