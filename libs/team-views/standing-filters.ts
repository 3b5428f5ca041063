import type { StandingTrait } from '../metric-catalogue/standing-metric.js';
import type { CardFilter, Silence } from './card-filter.js';

/** The agreed limits at the moment of a question, as times before it (ISO 8601 UTC). */
export interface StandingMoment {
  /** ms since the epoch */
  readonly now: number;
  readonly at: string;
  readonly hygieneSince: string;
  readonly silence: Silence;
  readonly standsSince: string;
}

/** The traits of the catalogue as filters of cards: what a number counts is what the boards list. */
export function filterHaving(traits: readonly StandingTrait[], moment: StandingMoment): CardFilter {
  const { at, hygieneSince, silence, standsSince } = moment;
  const filters: Record<StandingTrait, CardFilter> = {
    unsettled: { settled: false },
    'standing-still': { standsSince },
    worked: { states: ['working', 'opportunity'] },
    'updated-in-time': { workerUpdatedSince: hygieneSince },
    nurtured: { nurtured: true },
    silent: { silent: silence },
    offered: { states: ['offered'] },
    late: { acceptBefore: at },
  };
  return Object.assign({}, ...traits.map((trait) => filters[trait])) as CardFilter;
}
