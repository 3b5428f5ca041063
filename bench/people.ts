import type { PolicyContent } from '../libs/agreements/policy.js';
import type { TokenRole } from '../libs/decider/decision.js';

/** Who acts in the bench, with the roles of their tokens. */
export const ROLES = {
  root: ['admin'],
  maria: ['marketing'],
  sven: ['sales'],
  form: ['service'],
} as const satisfies Readonly<Record<string, readonly TokenRole[]>>;
export type Person = keyof typeof ROLES;

/** Each team has one person, who is its manager and signatory too. */
export const TEAMS = [
  { id: 'north-marketing', kind: 'marketing', person: 'maria' },
  { id: 'north-sales', kind: 'sales', person: 'sven' },
] as const;

export const STEWARD = { team: 'north-marketing', person: 'maria' } as const;
export const WORKER = { team: 'north-sales', person: 'sven' } as const;

/** A lead of the industry alone is scored and does not pass; with the size it does. */
export const POLICY: PolicyContent = {
  threshold: 50,
  criteria: [
    { id: 'industry', attribute: 'industry', rules: [{ anyOf: ['manufacturing'], points: 30 }] },
    { id: 'size', attribute: 'companySizeBand', rules: [{ anyOf: ['51-200'], points: 30 }] },
    { id: 'asked', attribute: 'behaviour', rules: [{ anyOf: ['demo-requested'], points: 30 }] },
  ],
};
export const SCORED_PROFILE = { industry: 'manufacturing' } as const;
export const PASSING_PROFILE = { industry: 'manufacturing', companySizeBand: '51-200' } as const;

/** A person as a form sends one; `at` makes each another. */
export const detailsOf = (at: number | string) => ({
  name: 'Ada Example',
  email: `ada.${at}@example.com`,
  jobTitle: 'Head of Purchasing',
  companyName: 'Example GmbH',
});
