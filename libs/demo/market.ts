import type { Profile } from '../lead-lifecycle/lead-events.js';
import { madeUpPerson, type MadeUpPerson } from './made-up-people.js';
import type { SeededRandom } from './seeded-random.js';

export interface Source {
  readonly code: string;
  /** how many of the leads come this way */
  readonly weight: number;
  /** mean fit of those who come, from 0 to 1 */
  readonly fit: number;
  readonly team: 'brand' | 'demand';
  readonly campaigns: readonly string[];
  readonly behaviours: readonly string[];
}

/** Where leads come from. That the largest source is not the best one is what the funnel shows. */
export const SOURCES: readonly Source[] = [
  source('organic_search', 22, 0.52, 'demand', [], ['pricing-viewed', 'whitepaper-downloaded']),
  source('paid_search', 19, 0.42, 'demand', ['automation-brand', 'robots-generic'], ['pricing-viewed']),
  source('content_syndication', 16, 0.22, 'demand', ['buyers-guide'], ['whitepaper-downloaded']),
  source('email', 9, 0.5, 'demand', ['spring-letter', 'product-news'], ['newsletter-clicked']),
  source('webinar', 13, 0.58, 'brand', ['warehouse-live'], ['webinar-attended']),
  source('trade_show', 9, 0.64, 'brand', ['logistics-fair', 'packaging-days'], ['booth-visited']),
  source('referral', 6, 0.82, 'brand', [], ['referred']),
  source('partner', 6, 0.7, 'brand', ['integrator-programme'], ['partner-introduced']),
];

function source(
  code: string,
  weight: number,
  fit: number,
  team: Source['team'],
  campaigns: readonly string[],
  behaviours: readonly string[],
): Source {
  return { code, weight, fit, team, campaigns, behaviours };
}

export const TOPICS = ['warehouse-robots', 'conveyors', 'sorting', 'retrofit', 'maintenance'] as const;
export const COMPETITORS = ['gearline', 'movato', 'stackwell'] as const;
export const MESSAGES = ['save-floor-space', 'fewer-night-shifts', 'pays-back-in-a-year', 'grows-with-you'] as const;
export const ASSETS = ['roi-calculator', 'case-study-bakery', 'data-sheet', 'buyers-guide', 'demo-video'] as const;
export const INSIGHT_TAGS = ['erp-integration', 'floor-space', 'staff-shortage', 'safety', 'energy', 'budget-cycle'];

/** Somebody who may become a customer; only the story knows how well they fit. */
export interface Prospect {
  readonly person: MadeUpPerson;
  /** from 0 to 1 */
  readonly fit: number;
  readonly source: Source;
  readonly topic: string;
  readonly campaign?: string;
  readonly behaviours: readonly string[];
  readonly profile: Profile;
  /** a lead of the same person, who came again from another address */
  readonly sameAs?: string;
}

export function prospectOf(random: SeededRandom, number: number): Prospect {
  const weights = Object.fromEntries(SOURCES.map(({ code, weight }) => [code, weight]));
  const code = random.weighted(weights);
  const from = SOURCES.find((one) => one.code === code) ?? random.pick(SOURCES);
  const fit = Math.min(1, Math.max(0, from.fit + random.between(-0.4, 0.4)));
  return {
    person: madeUpPerson(random, number),
    fit,
    source: from,
    topic: random.weighted({ 'warehouse-robots': 35, conveyors: 25, sorting: 20, retrofit: 12, maintenance: 8 }),
    ...(from.campaigns.length > 0 ? { campaign: random.pick(from.campaigns) } : {}),
    behaviours: [random.pick(from.behaviours), ...(random.chance(fit * 0.3) ? ['demo-requested'] : [])],
    profile: profileOf(random, fit),
  };
}

/** Fitting prospects look it, mostly; some tell little about themselves. */
function profileOf(random: SeededRandom, fit: number): Profile {
  const fits = () => random.chance(0.15 + fit * 0.75);
  const told = () => random.chance(0.85);
  return {
    country: random.weighted({ de: 5, at: 1, ch: 1, nl: 2, fr: 2, pl: 1 }),
    ...(told()
      ? {
          industry: fits()
            ? random.pick(['manufacturing', 'logistics', 'food'])
            : random.pick(['education', 'media', 'hospitality', 'consulting']),
        }
      : {}),
    ...(told()
      ? { companySizeBand: fits() ? random.pick(['51-200', '201-1000']) : random.pick(['1-10', '11-50', '5001+']) }
      : {}),
    ...(told()
      ? { seniority: fits() ? random.pick(['director', 'vp', 'c-level']) : random.pick(['intern', 'staff', 'manager']) }
      : {}),
    ...(random.chance(0.5)
      ? { timeline: fits() ? random.pick(['now', 'this-quarter']) : random.pick(['later', 'unknown', 'this-year']) }
      : {}),
    ...(random.chance(0.4)
      ? { budgetBand: fits() ? random.pick(['25k-100k', '100k-500k']) : random.pick(['under-1k', '1k-5k']) }
      : {}),
  };
}
