import type { OutcomeDimension, OutcomeMetric } from './outcome-metric.js';

type Given = Pick<OutcomeMetric, 'meaning' | 'unit' | 'events' | 'clockStart'> & Partial<OutcomeMetric>;
const ORIGIN: readonly OutcomeDimension[] = ['month', 'source', 'topic', 'campaign', 'segment', 'steward'];
const SALES: readonly OutcomeDimension[] = [...ORIGIN, 'team', 'person'];

const define = (id: string, kind: OutcomeMetric['kind'], given: Given): OutcomeMetric => ({
  id,
  view: 'outcomes',
  kind,
  imported: 'counted',
  agreementVersion: null,
  among: [],
  of: [],
  apart: [],
  by: SALES,
  alwaysBy: [],
  ...given,
});

const offer = {
  unit: 'offer',
  events: ['LeadHandedOff', 'HandoffAccepted', 'HandoffRejected'],
  clockStart: 'handed-off',
  agreementVersion: 'named-by-event',
} as const;
const pass = { unit: 'pass', clockStart: 'handed-off' } as const;
const exit = {
  unit: 'exit',
  events: ['LeadWon', 'LeadLost', 'LeadRecycled', 'LeadDisqualified'],
  clockStart: 'left-sales',
} as const;
const byPolicy = { among: ['by-policy'], imported: 'excluded', by: [...SALES, 'policyVersion'] } as const;
const assetExit = {
  unit: 'asset-exit',
  events: ['LeadContacted', 'LeadWon', 'LeadLost'],
  clockStart: 'left-sales',
  among: ['decided'],
  by: [...SALES, 'asset'],
} as const;

/** What became of leads, offers and cycles: each number defined here once, whoever asks for it. */
export const OUTCOME_METRICS: readonly OutcomeMetric[] = [
  define('offer-acceptance', 'share', {
    ...offer,
    meaning: 'Offers accepted, late ones included, over offers made; booked to the offeree and the month of the offer.',
    of: ['accepted'],
    by: [...SALES, 'policyVersion', 'agreementVersion'],
  }),
  define('rejections', 'count', {
    ...offer,
    meaning: 'Offers that sales rejected, by the agreed reasons; booked to the offeree and the month of the offer.',
    among: ['rejected'],
    by: [...SALES, 'policyVersion', 'agreementVersion', 'reason', 'faultDomain'],
  }),
  define('follow-up-rate', 'share', {
    ...pass,
    meaning:
      'First offers of a cycle that sales touched by the agreed time, over all whose time was over at the moment asked ' +
      'for; booked to the offeree and the month of the offer. Only human touches by the team that is offered the lead ' +
      'or works it count. Offers rejected in time without a touch are counted apart. Of an offer that marketing took ' +
      'back, or whose lead was disqualified (as an erased one is), untouched before its time was over, sales owes no ' +
      'touch: it is outside, as what is not yet due. One that expires stays: nobody answered. A lead is merged only ' +
      'after its cycle has ended, which changes nothing here.',
    events: ['LeadHandedOff', 'LeadContacted', 'HandoffRejected', 'HandoffWithdrawn', 'LeadDisqualified'],
    imported: 'excluded',
    agreementVersion: 'named-by-event',
    among: ['due', 'owed', 'not-rejected-in-time'],
    of: ['touched-in-time'],
    apart: ['due', 'owed', 'rejected-in-time'],
    by: [...SALES, 'agreementVersion'],
  }),
  define('policy-acceptance', 'share', {
    ...pass,
    ...byPolicy,
    meaning:
      'How right marketing was: cycles that sales accepted to work over cycles handed off, of those qualified by a ' +
      'signed policy; booked to the first offeree and the month of the first offer.',
    events: ['LeadHandedOff', 'HandoffAccepted'],
    of: ['accepted'],
  }),
  define('policy-wins', 'share', {
    ...pass,
    ...byPolicy,
    meaning:
      'How right marketing was: cycles won over cycles handed off, of those qualified by a signed policy; booked to the ' +
      'first offeree and the month of the first offer. Grows until the last of them is closed.',
    events: ['LeadHandedOff', 'LeadWon'],
    of: ['won'],
  }),
  define('won-cycles', 'count', {
    ...exit,
    meaning: 'Cycles won, whatever the value; booked to the worker and the month of the win.',
    events: ['LeadWon'],
    among: ['won'],
  }),
  define('won-value', 'sum', {
    ...exit,
    meaning:
      'Value of the cycles won at a known value, each currency apart; booked to the worker and month of the win.',
    events: ['LeadWon'],
    among: ['won', 'valued'],
    by: [...SALES, 'currency'],
    alwaysBy: ['currency'],
  }),
  define('lost-cycles', 'count', {
    ...exit,
    meaning:
      'Cycles that sales worked and lost, by the agreed reasons and the asset that was named; booked to the worker and ' +
      'the month of the loss.',
    events: ['LeadLost'],
    agreementVersion: 'named-by-event',
    among: ['lost'],
    by: [...SALES, 'reason', 'faultDomain', 'asset', 'agreementVersion'],
  }),
  define('missing-ratings', 'share', {
    ...exit,
    meaning: 'Cycles that sales worked and closed without a rating, so far, over all that it worked and closed.',
    events: [...exit.events, 'LeadQualityRated'],
    imported: 'excluded',
    among: ['live'],
    of: ['unrated'],
  }),
  define('quality-rating', 'average', {
    unit: 'rating',
    meaning: 'Average of the ratings that sales gave to the cycles it worked; booked to the month of the rating.',
    events: ['LeadQualityRated'],
    clockStart: 'rated',
    agreementVersion: 'named-by-event',
    by: [...SALES, 'agreementVersion'],
  }),
  define('insights', 'count', {
    unit: 'insight',
    meaning: 'Insights heard from customers, once under each of their tags; booked to whoever noted it.',
    events: ['InsightRecorded'],
    clockStart: 'noted',
    by: [...SALES, 'tag'],
  }),
  define('assists', 'count', {
    unit: 'assist',
    meaning: "Touches of marketing's on leads that sales is offered or works; booked to whoever of marketing made it.",
    events: ['LeadContacted'],
    clockStart: 'touched',
  }),
  define('asset-uses', 'count', {
    unit: 'asset-use',
    meaning: 'Touches that used an asset, by either team; booked to whoever made the touch.',
    events: ['LeadContacted'],
    clockStart: 'touched',
    by: [...SALES, 'asset'],
  }),
  define('asset-wins', 'share', {
    ...assetExit,
    meaning: 'Cycles won over cycles won or lost, of those in which a touch before the end used the asset.',
    of: ['won'],
  }),
  define('asset-losses', 'share', {
    ...assetExit,
    meaning: 'Cycles lost over cycles won or lost, of those in which a touch before the end used the asset.',
    of: ['lost'],
  }),
];

/** A metric by its id; undefined where there is none. */
export const outcomeMetric = (id: string): OutcomeMetric | undefined =>
  OUTCOME_METRICS.find((metric) => metric.id === id);
