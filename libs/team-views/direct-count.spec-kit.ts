import type { OutcomeDimension } from '../metric-catalogue/outcome-metric.js';
import { phaseOf, type LeadStep, type SteppedLead } from './outcome-history.spec-kit.js';

/** A unit that a number is over, found by looking through whole histories, and what it brings to each part. */
export interface DirectUnit {
  readonly lead: string;
  readonly of: Partial<Record<OutcomeDimension, string>>;
  readonly counted: number;
  readonly apart?: true;
}
type Data = Record<string, unknown> & {
  cycle: number;
  by: { team: string; person?: string };
  reason: { code: string; faultDomain: string; agreement: { version: number } };
};
type Step = LeadStep & { readonly index: number; readonly data: Data; readonly at: string };
interface Found {
  readonly step: Step;
  readonly by: { team: string; person?: string | undefined } | undefined;
  readonly counted: boolean | number;
  readonly of?: Partial<Record<OutcomeDimension, string>>;
  readonly apart?: true;
}
type Counting = (steps: readonly Step[], asOf: string) => readonly Found[];

const types = (steps: readonly Step[], ...wanted: string[]) => steps.filter(({ event }) => wanted.includes(event.type));
const inWork = (state: Step['before']) => ['working', 'opportunity'].includes(phaseOf(state));
const currentOf = ({ before }: Step) => before.cycles.at(-1)!;

const versions = ({ data }: Step) => {
  const { qualification } = data.packet as { qualification: { policy?: { version: number } } };
  const { version } = data.agreement as { version: number };
  const { policy } = qualification;
  return { policyVersion: policy ? `default@${policy.version}` : '', agreementVersion: `default@${version}` };
};
const whyOf = ({ data: { reason } }: Step) => ({
  reason: reason.code,
  faultDomain: reason.faultDomain,
  agreementVersion: `default@${reason.agreement.version}`,
});

const ANSWERS = ['HandoffAccepted', 'HandoffRejected', 'HandoffExpired', 'HandoffWithdrawn', 'LeadDisqualified'];
const offersOf = (steps: readonly Step[]) =>
  types(steps, 'LeadHandedOff').map((step) => ({
    step,
    by: step.data.offeree as Data['by'],
    answer: types(steps.slice(step.index + 1), ...ANSWERS)[0],
    of: versions(step),
  }));
const passesOf = (steps: readonly Step[]) => {
  const offers = offersOf(steps);
  return offers.filter((one) => one === offers.find(({ step }) => step.data.cycle === one.step.data.cycle));
};
const hasInCycle = (steps: readonly Step[], pass: Step, type: string) =>
  types(steps.slice(pass.index), type).some(({ data }) => data.cycle === pass.data.cycle);

const exitsOf = (steps: readonly Step[]) =>
  steps
    .filter(({ before, after }) => inWork(before) && !inWork(after))
    .map((step) => ({ step, by: step.before.worker, result: step.event.type, cycle: currentOf(step).number }));
/** The first of each cycle that was worked. */
const ratingsOf = (steps: readonly Step[]) => {
  const exits = exitsOf(steps);
  const valid = types(steps, 'LeadQualityRated').flatMap((step) => {
    const exit = exits.find(({ cycle, step: end }) => cycle === step.data.cycle && end.index < step.index);
    if (exit) return [{ step, by: exit.by, cycle: step.data.cycle }];
    const working = inWork(step.before) && currentOf(step).number === step.data.cycle;
    return working ? [{ step, by: step.before.worker, cycle: step.data.cycle }] : [];
  });
  return valid.filter((one) => one === valid.find(({ cycle }) => cycle === one.cycle));
};

const touchBySales = ({ before, data }: Step) =>
  [before.offeree?.team, before.worker?.team].some((team) => team === data.by.team);
const touchesOf = (steps: readonly Step[]) => types(steps, 'LeadContacted');

function followUp(steps: readonly Step[], asOf: string): Found[] {
  return passesOf(steps).flatMap(({ step, by, answer, of }) => {
    const due = step.data.firstTouchBy as string | null;
    if (due === null || due > asOf) return [];
    const touched = touchesOf(steps.slice(step.index)).some(
      (touch) =>
        touch.data.human === true &&
        touchBySales(touch) &&
        currentOf(touch).number === step.data.cycle &&
        currentOf(touch).outcome === undefined &&
        touch.at >= step.at &&
        touch.at <= due,
    );
    const rejected = answer?.event.type === 'HandoffRejected' && answer.at <= due;
    const withdrawn = answer?.event.type === 'HandoffWithdrawn' && answer.at <= due;
    const disqualified = types(steps.slice(step.index), 'LeadDisqualified').some(
      ({ data, at }) => data.cycle === step.data.cycle && at <= due,
    );
    if ((withdrawn || disqualified) && !touched) return [];
    return [{ step, by, of, counted: touched, ...(rejected && !touched && { apart: true as const }) }];
  });
}

const exits = (...results: string[]): Counting => {
  return (steps) =>
    exitsOf(steps)
      .filter(({ result }) => results.includes(result))
      .map((exit) => ({ ...exit, counted: 1 }));
};

const assetExits = (counted: string): Counting => {
  return (steps) =>
    exitsOf(steps)
      .filter(({ result }) => result === 'LeadWon' || result === 'LeadLost')
      .flatMap(({ step, by, result, cycle }) => {
        const before = touchesOf(steps.slice(0, step.index)).filter((touch) => currentOf(touch).number === cycle);
        const assets = new Set(before.flatMap(({ data }) => (data.asset as string | undefined) ?? []));
        return [...assets].map((asset) => ({ step, by, counted: result === counted, of: { asset } }));
      });
};

const byPolicy = (type: string): Counting => {
  return (steps) =>
    passesOf(steps)
      .filter(({ of }) => of.policyVersion !== '')
      .map((pass) => ({ ...pass, counted: hasInCycle(steps, pass.step, type) }));
};

/** Each number of the catalogue once more, from nothing but the events. */
export const DIRECT_COUNTS: Readonly<Record<string, Counting>> = {
  'offer-acceptance': (steps) =>
    offersOf(steps).map((offer) => ({ ...offer, counted: offer.answer?.event.type === 'HandoffAccepted' })),
  rejections: (steps) =>
    offersOf(steps).flatMap(({ answer, of, ...offer }) =>
      answer?.event.type === 'HandoffRejected' ? [{ ...offer, counted: 1, of: { ...whyOf(answer), ...of } }] : [],
    ),
  'follow-up-rate': followUp,
  'policy-acceptance': byPolicy('HandoffAccepted'),
  'policy-wins': byPolicy('LeadWon'),
  'won-cycles': exits('LeadWon'),
  'won-value': (steps) =>
    exits('LeadWon')(steps, '').flatMap((won) => {
      const value = won.step.data.value as { amount: number; currency: string } | null;
      return value === null ? [] : [{ ...won, counted: value.amount, of: { currency: value.currency } }];
    }),
  'lost-cycles': (steps) =>
    exits('LeadLost')(steps, '').map((lost) => {
      const asset = (lost.step.data.asset as string | undefined) ?? '';
      return { ...lost, of: { ...whyOf(lost.step), asset } };
    }),
  'missing-ratings': (steps) =>
    exitsOf(steps)
      .filter(({ step }) => step.event.meta.imported !== true)
      .map((exit) => ({ ...exit, counted: !ratingsOf(steps).some(({ cycle }) => cycle === exit.cycle) })),
  'quality-rating': (steps) =>
    ratingsOf(steps).map((rated) => {
      const { version } = rated.step.data.agreement as { version: number };
      const of = { agreementVersion: `default@${version}` };
      return { ...rated, counted: rated.step.data.rating as number, of };
    }),
  insights: (steps) =>
    types(steps, 'InsightRecorded').flatMap((step) => {
      const tags = new Set(step.data.tags as string[]);
      const by = { team: '', person: step.event.meta.actor.id };
      return [...(tags.size > 0 ? tags : [''])].map((tag) => ({ step, by, counted: 1, of: { tag } }));
    }),
  assists: (steps) =>
    touchesOf(steps)
      .filter((step) => ['offered', 'working', 'opportunity'].includes(phaseOf(step.before)))
      .filter((step) => !touchBySales(step))
      .filter(
        ({ before, data, event }) => data.by.team === before.steward?.team || event.meta.actor.role === 'marketing',
      )
      .map((step) => ({ step, by: step.data.by, counted: 1 })),
  'asset-uses': (steps) =>
    touchesOf(steps).flatMap((step) =>
      step.data.asset === undefined
        ? []
        : [{ step, by: step.data.by, counted: 1, of: { asset: step.data.asset as string } }],
    ),
  'asset-wins': assetExits('LeadWon'),
  'asset-losses': assetExits('LeadLost'),
};

export function directUnits(metric: string, leads: readonly SteppedLead[], asOf: string): DirectUnit[] {
  return leads.flatMap(({ lead, steps }) => {
    const seen = steps.map((step, index) => ({
      ...step,
      index,
      data: step.event.data as unknown as Data,
      at: step.event.meta.occurredAt,
    }));
    const { source, topic, campaign } = seen[0]?.data as unknown as Record<string, string | undefined>;
    return DIRECT_COUNTS[metric]!(seen, asOf).map(({ step, by, of, counted, apart }) => ({
      lead,
      counted: Number(counted),
      of: {
        month: step.at.slice(0, 7),
        source: source ?? '',
        topic: topic ?? '',
        campaign: campaign ?? '',
        segment: '',
        steward: step.before.steward?.team ?? '',
        team: by?.team ?? '',
        person: by?.person ?? '',
        ...of,
      },
      ...(apart && { apart }),
    }));
  });
}
