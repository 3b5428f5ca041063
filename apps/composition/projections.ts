import { referenceProjections } from '../../libs/lead-commands/reference-streams.js';
import type { Projection } from '../../libs/projection-runner/projection.js';
import { FunnelProjection } from '../../libs/team-views/funnel-projection.js';
import { LeadCardProjection } from '../../libs/team-views/lead-card-projection.js';
import { OutcomeProjection } from '../../libs/team-views/outcome-projection.js';

/** All views, made anew at each call: a projection remembers statements of one build. */
export const allProjections = (): readonly Projection[] => [
  new LeadCardProjection(),
  new FunnelProjection(),
  new OutcomeProjection(),
  ...referenceProjections(),
];
