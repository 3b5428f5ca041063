import {
  FAULT_DOMAINS,
  REASON_LISTS,
  TOP_STATES,
  type AgreementContent,
  type Reason,
  type ReasonList,
  type RoutingRule,
  type SubReason,
} from './agreement-content.js';
import {
  broken,
  code,
  fields,
  label,
  listOf,
  matching,
  oneOf,
  whole,
  type Check,
  type Checked,
} from './content-check.js';
import { REASONS_OF_RULES } from './default-agreement.js';
import { TEAM_ID_PATTERN } from './team.js';

const MOST_REASONS = 40;
const MOST_CHILDREN = 20;
/** Over all lists: keeps the largest agreement, as an event, under the store's 512 KiB. */
const MOST_REASONS_IN_ALL = 600;
const MOST_ROUTING_RULES = 50;
const MOST_ROUTING_VALUES = 50;
const MOST_MINUTES = 30 * 24 * 60;
const MOST_DAYS = 730;

/** Without a dot, which divides parent from child where a reason is used. */
const reasonCode = matching(
  /^[a-z0-9][a-z0-9_-]{0,31}$/,
  'a code without a dot: 1 to 32 of a-z 0-9 _ -, beginning with a letter or digit',
);
const subReason = { code: reasonCode, label, faultDomain: oneOf(FAULT_DOMAINS) };
const reason = fields<Reason>(
  {
    ...subReason,
    children: listOf(fields<SubReason>(subReason), 1, MOST_CHILDREN, (child) => child.code),
  },
  ['children'],
);
const reasonList = listOf(reason, 1, MOST_REASONS, (one) => one.code);

const condition = listOf(code, 1, MOST_ROUTING_VALUES, (value) => value);
const routingRule = fields<RoutingRule>({
  name: code,
  when: fields<RoutingRule['when']>({ source: condition, topic: condition, segment: condition }, [
    'source',
    'topic',
    'segment',
  ]),
  to: matching(new RegExp(`^\\*$|${TEAM_ID_PATTERN.source}`), "a team's id, or *"),
  mode: oneOf(['round-robin', 'queue']),
});

/** One check for each name of a closed list. */
const each = <Name extends string, T>(names: readonly Name[], check: Check<T>): Record<Name, Check<T>> =>
  Object.fromEntries(names.map((name) => [name, check])) as Record<Name, Check<T>>;

const agreement = fields<AgreementContent>({
  reasons: fields<AgreementContent['reasons']>(each(REASON_LISTS, reasonList)),
  acceptWithinMinutes: whole(1, MOST_MINUTES),
  firstTouchWithinMinutes: whole(1, MOST_MINUTES),
  undecidedLossDays: whole(1, MOST_DAYS),
  hygieneDays: whole(1, MOST_DAYS),
  ratingScale: fields<AgreementContent['ratingScale']>({ min: whole(0, 100), max: whole(0, 100) }),
  responsibilities: fields<AgreementContent['responsibilities']>(each(TOP_STATES, oneOf(['marketing', 'sales']))),
  mostOffersPerCycle: whole(1, 20),
  nurture: fields<AgreementContent['nurture']>({ maximumSilenceDays: whole(1, MOST_DAYS) }),
  routing: listOf(routingRule, 1, MOST_ROUTING_RULES, ({ name }) => name),
});

/**
 * Checks what is to be proposed as an agreement: shape, limits, codes, and that nothing agreed makes a dead end or
 * shields a side from blame. Never throws; names the first field and its rule.
 */
export function validateAgreementContent(value: unknown): Checked<AgreementContent> {
  const checked = agreement(value, '');
  if (!checked.ok) return checked;
  const { reasons, ratingScale } = checked.content;
  if (ratingScale.min >= ratingScale.max) return broken('ratingScale', 'min is below max');
  const all = REASON_LISTS.flatMap((list) => reasons[list].flatMap(withChildren));
  if (all.length > MOST_REASONS_IN_ALL) return broken('reasons', `at most ${MOST_REASONS_IN_ALL} reasons in all`);
  if (!reasons.lost.flatMap(withChildren).some(({ faultDomain }) => faultDomain === 'collateral')) {
    return broken('reasons.lost', "at least one reason names marketing's material (collateral)");
  }
  for (const [list, needed] of RULES_NEED) {
    const missing = needed.find((one) => !reasons[list].some((agreed) => agreed.code === one));
    if (missing !== undefined) return broken(`reasons.${list}`, `${missing} is missing, which Baton's own rules give`);
  }
  return checked;
}

const withChildren = (one: Reason): readonly SubReason[] => [one, ...(one.children ?? [])];

const RULES_NEED = REASON_LISTS.map((list): readonly [ReasonList, readonly string[]] => [
  list,
  REASONS_OF_RULES[list] ?? [],
]);
