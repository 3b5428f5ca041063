import type { Role } from '../decider/decision.js';

/** Who does something in the story. */
export interface Doer {
  readonly subject: string;
  readonly role: Role;
}

export interface CastTeam {
  readonly id: string;
  readonly name: string;
  readonly kind: 'marketing' | 'sales';
  /** also signatory */
  readonly manager: string;
  /** without the manager */
  readonly members: readonly string[];
  /** open leads that the team can work, of every thousand leads of the quarter; managers declare it */
  readonly capacityPerThousand?: number;
}

/** Two marketing and three sales teams. Everybody is made up. */
export const CAST: readonly CastTeam[] = [
  { id: 'brand', name: 'Brand & Events', kind: 'marketing', manager: 'mona', members: ['maria', 'max'] },
  { id: 'demand', name: 'Demand', kind: 'marketing', manager: 'olga', members: ['otto', 'oskar'] },
  {
    id: 'north',
    name: 'Sales North',
    kind: 'sales',
    manager: 'sara',
    members: ['sven', 'sofia', 'stefan'],
    capacityPerThousand: 62,
  },
  {
    id: 'south',
    name: 'Sales South',
    kind: 'sales',
    manager: 'ed',
    members: ['eve', 'ella', 'emil'],
    capacityPerThousand: 50,
  },
  {
    id: 'partners',
    name: 'Partner Sales',
    kind: 'sales',
    manager: 'wanda',
    members: ['will', 'wera'],
    capacityPerThousand: 40,
  },
];

/** In the middle of the quarter these two leave: a salesperson with open work, and a steward. */
export const LEAVERS = { sales: { team: 'south', person: 'emil' }, marketing: { team: 'brand', person: 'max' } };

/** How a salesperson goes about it: below 1 is quicker than others, above slower. Who is not here is 1. */
export const PACE: Readonly<Record<string, number>> = { sven: 0.5, eve: 0.7, will: 1.6, emil: 2.2, stefan: 1.4 };

export const FORM: Doer = { subject: 'web-form', role: 'service' };
/** What later clocks do of themselves: offers expire, leads are taken up again, undecided losses go back. */
export const CLOCK: Doer = { subject: 'clock', role: 'rule' };
export const ADMIN: Doer = { subject: 'root', role: 'admin' };
export const marketer = (subject: string): Doer => ({ subject, role: 'marketing' });
export const seller = (subject: string): Doer => ({ subject, role: 'sales' });

export const castTeam = (id: string | undefined): CastTeam | undefined => CAST.find((team) => team.id === id);
