import type { AgreementContent, FaultDomain, Reason, ReasonList, SubReason } from './agreement-content.js';

const reason = (code: string, label: string, faultDomain: FaultDomain, children?: readonly SubReason[]): Reason => ({
  code,
  label,
  faultDomain,
  ...(children && { children }),
});

/**
 * Reasons that Baton's own rules and the import give. Every agreement lists them: without one of them the rule that
 * needs it could never act, and leads would be stuck where no person looks.
 */
export const REASONS_OF_RULES: { readonly [List in ReasonList]?: readonly string[] } = {
  recycle: ['undecided-loss'],
  disqualify: ['erased'],
  override: ['imported'],
  withdraw: ['consent-withdrawn', 'details-corrected'],
  transfer: ['imported', 'left-the-team'],
  reassign: ['left-the-team'],
  unmerge: ['merged-in-a-circle'],
};

const COLLATERAL = reason('collateral', 'Marketing material', 'collateral', [
  reason('outdated', 'out of date', 'collateral'),
  reason('missing', 'nothing for this need', 'collateral'),
  reason('raised-wrong-hopes', 'promised what we do not offer', 'collateral'),
]);
const NO_RESPONSE = reason('no-response', 'Never answered', 'lead-quality');
const NOT_A_FIT = reason('not-a-fit', 'Not the ideal lead', 'lead-quality', [
  reason('industry', 'industry', 'lead-quality'),
  reason('company-size', 'company size', 'lead-quality'),
  reason('role', 'no say in buying', 'lead-quality'),
  reason('need', 'no need', 'lead-quality'),
]);
const NOT_NOW = reason('not-now', 'Not at this time', 'timing', [
  reason('no-budget', 'no budget this period', 'timing'),
  reason('other-priorities', 'other priorities', 'timing'),
]);
const OTHER = reason('other', 'Another reason, told in the note', 'none');

/**
 * The list that Baton ships. It stands where no agreement is in force, and the event then says `agreement: default`.
 * Teams that want other terms sign their own. States without a salesperson on the lead are marketing's.
 */
export const DEFAULT_AGREEMENT: AgreementContent = {
  reasons: {
    reject: [
      NOT_A_FIT,
      reason('unreachable-details', 'Contact details do not work', 'lead-quality'),
      reason('packet-incomplete', 'The hand-off does not say why now', 'lead-quality'),
      reason('already-in-touch', 'Already in talks elsewhere with us', 'none'),
      reason('no-capacity', 'No capacity to follow up', 'follow-up'),
      NOT_NOW,
      OTHER,
    ],
    recycle: [
      NO_RESPONSE,
      NOT_NOW,
      NOT_A_FIT,
      reason('needs-information', 'Wants to learn more first', 'timing'),
      reason('undecided-loss', 'Lost, and nobody decided what follows', 'follow-up'),
      OTHER,
    ],
    lost: [
      reason('price', 'Price', 'price', [
        reason('too-high', 'too high', 'price'),
        reason('terms', 'terms of payment', 'price'),
      ]),
      reason('product', 'Product', 'product', [
        reason('feature-missing', 'a feature is missing', 'product'),
        reason('integration', 'does not work with what they have', 'product'),
      ]),
      COLLATERAL,
      reason('competitor', 'Bought elsewhere', 'competitor', [
        reason('incumbent', 'stayed with their supplier', 'competitor'),
        reason('new-supplier', 'chose another supplier', 'competitor'),
      ]),
      reason('follow-up', 'Our follow-up', 'follow-up', [
        reason('too-slow', 'too slow', 'follow-up'),
        reason('too-shallow', 'too few attempts', 'follow-up'),
      ]),
      NOT_NOW,
      NOT_A_FIT,
      NO_RESPONSE,
      reason('no-decision', 'They decided nothing', 'none'),
      OTHER,
    ],
    disqualify: [
      reason('no-such-person', 'No such person or company', 'lead-quality'),
      reason('spam', 'Spam or a test', 'lead-quality'),
      reason('competitor', 'Works for a competitor', 'lead-quality'),
      reason('job-seeker', 'Looks for a job', 'lead-quality'),
      reason('out-of-business', 'Company closed', 'none'),
      reason('out-of-area', 'Where we do not sell', 'lead-quality'),
      reason('erased', 'Personal data erased', 'none'),
    ],
    override: [
      reason('imported', 'Imported history', 'none'),
      reason('asked-for-sales', 'Asked to speak with sales', 'none'),
      reason('strategic-account', 'An account both teams want', 'none'),
      reason('met-in-person', 'Met in person', 'none'),
      reason('no-policy', 'No policy is in force', 'none'),
    ],
    withdraw: [
      reason('consent-withdrawn', 'Consent withdrawn', 'none'),
      reason('details-corrected', 'No longer passes with corrected details', 'lead-quality'),
      reason('handed-off-in-error', 'Handed off in error', 'lead-quality'),
      reason('prospect-asked-to-wait', 'The prospect asked to wait', 'timing'),
    ],
    transfer: [
      reason('imported', 'Imported history', 'none'),
      reason('left-the-team', 'The steward left the team', 'none'),
      reason('area-changed', 'Areas were divided anew', 'none'),
      reason('absence', 'Long absence', 'none'),
      reason('workload', 'Workload', 'none'),
    ],
    reassign: [
      reason('left-the-team', 'The worker left the team', 'none'),
      reason('area-changed', 'Areas were divided anew', 'none'),
      reason('absence', 'Long absence', 'none'),
      reason('workload', 'Workload', 'none'),
      reason('no-follow-up', 'Not followed up', 'follow-up'),
    ],
    reopen: [
      reason('new-evidence', 'New evidence', 'none'),
      reason('disqualified-in-error', 'Disqualified in error', 'none'),
      reason('came-back', 'The prospect came back', 'timing'),
    ],
    unmerge: [
      reason('not-the-same', 'Not the same interest', 'none'),
      reason('merged-in-error', 'Merged in error', 'none'),
      reason('merged-in-a-circle', 'Merged in a circle', 'none'),
    ],
  },
  acceptWithinMinutes: 24 * 60,
  firstTouchWithinMinutes: 48 * 60,
  undecidedLossDays: 14,
  hygieneDays: 7,
  ratingScale: { min: 1, max: 5 },
  responsibilities: {
    captured: 'marketing',
    nurturing: 'marketing',
    qualified: 'marketing',
    held: 'marketing',
    offered: 'sales',
    working: 'sales',
    opportunity: 'sales',
    lost: 'sales',
    won: 'marketing',
    disqualified: 'marketing',
    merged: 'marketing',
  },
  mostOffersPerCycle: 3,
  nurture: { maximumSilenceDays: 45 },
  routing: [{ name: 'any-sales-team', when: {}, to: '*', mode: 'round-robin' }],
};
