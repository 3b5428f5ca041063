import type { TokenRole } from '../libs/decider/decision.js';
import type { Client } from './client.spec-kit.js';

/** Everybody in these tests, with the coarse roles in their tokens. Teams are another matter: `TEAMS`. */
export const ROLES_OF: Readonly<Record<string, readonly TokenRole[]>> = {
  maria: ['marketing'],
  max: ['marketing'],
  mona: ['marketing'],
  otto: ['marketing'],
  olga: ['marketing'],
  sven: ['sales'],
  sara: ['sales'],
  sam: ['sales'],
  eve: ['sales'],
  ed: ['sales'],
  malte: ['marketing'],
  silke: ['sales'],
  root: ['admin'],
  ana: ['analyst'],
  audrey: ['auditor'],
  form: ['service'],
  pia: ['privacy'],
  ida: ['import'],
  nora: [],
};

interface TeamOfTest {
  readonly kind: 'marketing' | 'sales';
  readonly members: readonly string[];
  /** also the signatory */
  readonly manager: string;
}

/** Malte and Silke are in no team. */
export const TEAMS: Readonly<Record<string, TeamOfTest>> = {
  'north-marketing': { kind: 'marketing', members: ['maria', 'max', 'mona'], manager: 'mona' },
  'south-marketing': { kind: 'marketing', members: ['otto', 'olga'], manager: 'olga' },
  'north-sales': { kind: 'sales', members: ['sven', 'sara', 'sam'], manager: 'sam' },
  'south-sales': { kind: 'sales', members: ['eve', 'ed'], manager: 'ed' },
};

type As = (person: string) => Client;

export async function formTeams(as: As, names: readonly string[] = Object.keys(TEAMS)): Promise<void> {
  for (const name of names) {
    const { kind, members, manager } = TEAMS[name]!;
    await as('root').done(`/teams/${name}/form`, { kind, name });
    for (const person of members) await as('root').done(`/teams/${name}/join`, { person });
    await as('root').done(`/teams/${name}/appoint-manager`, { person: manager });
    await as('root').done(`/teams/${name}/list-signatory`, { person: manager });
  }
}

/** 60 points for a lead of `PROFILE`, 30 for one of the industry alone, 60 with a demo asked for. */
export const POLICY = {
  threshold: 50,
  criteria: [
    { id: 'industry', attribute: 'industry', rules: [{ anyOf: ['manufacturing'], points: 30 }] },
    { id: 'size', attribute: 'companySizeBand', rules: [{ anyOf: ['51-200'], points: 30 }] },
    { id: 'asked', attribute: 'behaviour', rules: [{ anyOf: ['demo-requested'], points: 30 }] },
  ],
};
export const PROFILE = { industry: 'manufacturing', companySizeBand: '51-200' };

interface Proposed {
  readonly version: number;
  readonly contentHash: string;
}

/** Proposed by marketing, signed by the managers of north-marketing and north-sales. */
export async function signPolicy(as: As, content: object = POLICY, validFrom?: string): Promise<Proposed> {
  return signVersion(as, 'policies/default', { content, ...(validFrom ? { validFrom } : {}) });
}

export async function signVersion(as: As, path: string, proposal: object): Promise<Proposed> {
  const { version, contentHash } = await as('maria').done<Proposed>(`/${path}/propose`, proposal);
  await as('mona').done(`/${path}/sign`, { version, contentHash });
  await as('sam').done(`/${path}/sign`, { version, contentHash });
  return { version, contentHash };
}

/** The body of a new lead of north-marketing. */
export const newLead = (more: object = {}): object => ({
  source: 'organic_search',
  topic: 'robots',
  steward: { team: 'north-marketing', person: 'maria' },
  ...more,
});
export const goodLead = (more: object = {}): object => newLead({ profile: PROFILE, ...more });
