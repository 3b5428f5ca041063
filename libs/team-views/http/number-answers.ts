import type { AnyMetric } from '../../metric-catalogue/metric-catalogue.js';
import { RATINGS_OWED } from '../../metric-catalogue/standing-metrics.js';
import type { OutcomeDimension } from '../../metric-catalogue/outcome-metric.js';
import type { FunnelNumbers } from '../funnel-numbers.js';
import type { AnsweredMetric } from '../number-source.js';
import type { OutcomeEvidence } from '../outcome-evidence.js';
import type { OutcomeNumbers } from '../outcome-numbers.js';
import type { RatingsOwed } from '../ratings-owed.js';
import type { StandingNumbers } from '../standing-numbers.js';
import type { AgreedNow } from './agreed-now.js';

/** Which view answers which metric. */
export class NumberAnswers {
  constructor(
    private readonly views: {
      readonly funnel: FunnelNumbers;
      readonly outcomes: OutcomeNumbers;
      readonly evidence: OutcomeEvidence;
      readonly standing: StandingNumbers;
      readonly ratings: RatingsOwed;
      readonly agreed: AgreedNow;
    },
  ) {}

  to(metric: AnyMetric): AnsweredMetric {
    const { funnel, outcomes, evidence, standing, ratings, agreed } = this.views;
    switch (metric.view) {
      case 'funnel':
        return funnel.of(metric);
      case 'outcomes':
        return {
          rows: (asked) => outcomes.rows({ ...asked, metric, by: asked.by as readonly OutcomeDimension[] }),
          evidence: (asked) => evidence.page({ ...asked, metric }),
        };
      case 'lead-card':
        if (metric.id === RATINGS_OWED.id) return ratings;
        return {
          rows: (asked) => standing.rows(metric, asked, agreed.moment(asked.olderThanDays)),
          evidence: (asked) => standing.evidence(metric, asked, agreed.moment(asked.olderThanDays)),
        };
    }
  }
}
