import type { AgreementContent, RoutingRule } from '../agreements/agreement-content.js';
import { DEFAULT_AGREEMENT } from '../agreements/default-agreement.js';
import type { Criterion, PolicyContent } from '../agreements/policy.js';

const FITTING_INDUSTRIES = ['manufacturing', 'logistics', 'food'];
const CRITERIA: readonly Criterion[] = [
  { id: 'industry', attribute: 'industry', rules: [{ anyOf: FITTING_INDUSTRIES, points: 25 }] },
  { id: 'size', attribute: 'companySizeBand', rules: [{ anyOf: ['51-200', '201-1000'], points: 20 }] },
  {
    id: 'seniority',
    attribute: 'seniority',
    rules: [
      { anyOf: ['director', 'vp', 'c-level', 'owner'], points: 15 },
      { anyOf: ['manager'], points: 5 },
    ],
  },
  { id: 'timeline', attribute: 'timeline', rules: [{ anyOf: ['now', 'this-quarter'], points: 10 }] },
  {
    id: 'behaviour',
    attribute: 'behaviour',
    rules: [
      { anyOf: ['demo-requested'], points: 30 },
      { anyOf: ['pricing-viewed', 'booth-visited'], points: 10 },
      { anyOf: ['referred', 'partner-introduced'], points: 20 },
      { anyOf: ['webinar-attended', 'whitepaper-downloaded'], points: 5 },
    ],
  },
];

/** The ideal lead as both teams see it first: generous, so that downloads of the buyer's guide pass. */
export const FIRST_POLICY: PolicyContent = { threshold: 50, criteria: CRITERIA };

/** After half a quarter: sales has shown where its rejections came from. */
export const SECOND_POLICY: PolicyContent = {
  threshold: 55,
  criteria: [
    ...CRITERIA,
    { id: 'source', attribute: 'source', rules: [{ anyOf: ['content_syndication'], points: -15 }] },
    { id: 'budget', attribute: 'budgetBand', rules: [{ anyOf: ['25k-100k', '100k-500k', '500k+'], points: 15 }] },
  ],
};

const ROUTING: readonly RoutingRule[] = [
  { name: 'partners', when: { source: ['partner', 'referral'] }, to: 'partners', mode: 'queue' },
  { name: 'robots-north', when: { topic: ['warehouse-robots'] }, to: 'north', mode: 'round-robin' },
  { name: 'any-sales-team', when: {}, to: '*', mode: 'round-robin' },
];

const HOURS = 60;

export const FIRST_AGREEMENT: AgreementContent = {
  ...DEFAULT_AGREEMENT,
  acceptWithinMinutes: 72 * HOURS,
  firstTouchWithinMinutes: 96 * HOURS,
  routing: ROUTING,
};

/** Quicker answers, fewer second chances, and one more reason that puts the cause with marketing's material. */
export const SECOND_AGREEMENT: AgreementContent = {
  ...FIRST_AGREEMENT,
  acceptWithinMinutes: 48 * HOURS,
  firstTouchWithinMinutes: 72 * HOURS,
  mostOffersPerCycle: 2,
  reasons: {
    ...DEFAULT_AGREEMENT.reasons,
    lost: DEFAULT_AGREEMENT.reasons.lost.map((reason) =>
      reason.code === 'collateral' && reason.children
        ? {
            ...reason,
            children: [
              ...reason.children,
              { code: 'no-reference', label: 'no reference of their trade', faultDomain: 'collateral' },
            ],
          }
        : reason,
    ),
  },
};
