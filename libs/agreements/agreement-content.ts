/** Where a reason puts the cause, in neutral words: marketing's material may be one (`collateral`). */
export const FAULT_DOMAINS = [
  'collateral',
  'lead-quality',
  'follow-up',
  'price',
  'product',
  'timing',
  'competitor',
  'none',
] as const;
export type FaultDomain = (typeof FAULT_DOMAINS)[number];

export const REASON_LISTS = [
  'reject',
  'recycle',
  'lost',
  'disqualify',
  'override',
  'withdraw',
  'transfer',
  'reassign',
  'reopen',
  'unmerge',
] as const;
/** The decisions that need a reason; `withdraw` is of a qualification or of a hand-off. */
export type ReasonList = (typeof REASON_LISTS)[number];

export interface SubReason {
  readonly code: string;
  readonly label: string;
  readonly faultDomain: FaultDomain;
}

/** Two levels: what is used is `parent` or `parent.child`. */
export interface Reason extends SubReason {
  readonly children?: readonly SubReason[];
}

export const TOP_STATES = [
  'captured',
  'nurturing',
  'qualified',
  'held',
  'offered',
  'working',
  'opportunity',
  'lost',
  'won',
  'disqualified',
  'merged',
] as const;
export type TopState = (typeof TOP_STATES)[number];
export type AccountableSide = 'marketing' | 'sales';

/** Who gets a qualified lead. Absent conditions hold for every lead; the first rule that matches wins. */
export interface RoutingRule {
  readonly name: string;
  readonly when: {
    readonly source?: readonly string[];
    readonly topic?: readonly string[];
    readonly segment?: readonly string[];
  };
  /** a team's id, or `*`: any sales team */
  readonly to: string;
  /** to one member after the other, or to the team's queue */
  readonly mode: 'round-robin' | 'queue';
}

/** The two-way agreement, as both teams sign it. Times are working time where calendars are agreed, else wall time. */
export interface AgreementContent {
  readonly reasons: { readonly [List in ReasonList]: readonly Reason[] };
  /** from the hand-off to the answer */
  readonly acceptWithinMinutes: number;
  /** from the hand-off to the first genuine touch by sales */
  readonly firstTouchWithinMinutes: number;
  /** after these a lost lead that nobody decided about is recycled */
  readonly undecidedLossDays: number;
  /** a worker's open lead is to be updated within these */
  readonly hygieneDays: number;
  /** how sales rates a lead's quality; whole numbers, both bounds included */
  readonly ratingScale: { readonly min: number; readonly max: number };
  readonly responsibilities: { readonly [State in TopState]: AccountableSide };
  /** after these a lead that nobody answers returns to its steward */
  readonly mostOffersPerCycle: number;
  readonly nurture: { readonly maximumSilenceDays: number };
  readonly routing: readonly RoutingRule[];
}

/** The reason that a used code (`parent` or `parent.child`) names, with the full code; undefined where it is not agreed. */
export function findReason(content: AgreementContent, list: ReasonList, code: string): SubReason | undefined {
  for (const { children = [], ...parent } of content.reasons[list]) {
    if (parent.code === code) return parent;
    const child = children.find((candidate) => `${parent.code}.${candidate.code}` === code);
    if (child) return { code, label: `${parent.label}: ${child.label}`, faultDomain: child.faultDomain };
  }
  return undefined;
}

/** Ids of the teams of a lead's owners. */
export interface OwnerTeams {
  readonly steward: string;
  readonly offeree?: string | undefined;
  readonly worker?: string | undefined;
}

/** The id of the team that answers for a lead in this state. Where sales has nobody on it, its steward's team does. */
export function accountableTeam(content: AgreementContent, state: TopState, owners: OwnerTeams): string {
  if (content.responsibilities[state] === 'marketing') return owners.steward;
  return owners.worker ?? owners.offeree ?? owners.steward;
}

/** The first rule that holds for a lead; undefined where none does. An absent value meets no condition. */
export function routeOf(
  content: AgreementContent,
  lead: {
    readonly source?: string | undefined;
    readonly topic?: string | undefined;
    readonly segment?: string | undefined;
  },
): RoutingRule | undefined {
  const meets = (allowed: readonly string[] | undefined, value: string | undefined): boolean =>
    allowed === undefined || (value !== undefined && allowed.includes(value));
  return content.routing.find(
    ({ when }) => meets(when.source, lead.source) && meets(when.topic, lead.topic) && meets(when.segment, lead.segment),
  );
}
