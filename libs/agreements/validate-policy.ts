import {
  broken,
  code,
  fields,
  label,
  listOf,
  oneOf,
  whole,
  yesOrNo,
  type Check,
  type Checked,
} from './content-check.js';
import { ATTRIBUTES, type Attribute, type Criterion, type PolicyContent, type PolicyRule } from './policy.js';
import { BUDGET_BANDS, COMPANY_SIZE_BANDS, SENIORITIES, TIMELINES } from './profile.js';

const MOST_CRITERIA = 50;
const MOST_RULES = 100;
const MOST_VALUES = 200;
/** Over the whole policy: keeps the largest one, as an event, under the store's 512 KiB. */
const MOST_VALUES_IN_ALL = 4_000;
const MOST_POINTS = 1_000;
const HIGHEST_THRESHOLD = 1_000_000;

/** A value outside a closed list could never match: a misspelling that nobody would see in the scores. */
const CLOSED_LISTS: { readonly [A in Attribute]?: readonly string[] } = {
  companySizeBand: COMPANY_SIZE_BANDS,
  budgetBand: BUDGET_BANDS,
  seniority: SENIORITIES,
  timeline: TIMELINES,
};

const rule = fields<PolicyRule>({
  anyOf: listOf(code, 1, MOST_VALUES, (value) => value),
  points: whole(-MOST_POINTS, MOST_POINTS),
});

const criterionFields = fields<Criterion>(
  {
    id: code,
    attribute: oneOf(ATTRIBUTES),
    rules: listOf(rule, 1, MOST_RULES),
    required: yesOrNo,
    label,
  },
  ['required', 'label'],
);

const criterion: Check<Criterion> = (value, at) => {
  const checked = criterionFields(value, at);
  const closed = checked.ok && CLOSED_LISTS[checked.content.attribute];
  if (!checked.ok || !closed) return checked;
  const stray = checked.content.rules.findIndex(({ anyOf }) => anyOf.some((one) => !closed.includes(one)));
  return stray < 0 ? checked : broken(`${at}.rules[${stray}].anyOf`, `of ${closed.join(', ')}`);
};

const policy = fields<PolicyContent>({
  criteria: listOf(criterion, 1, MOST_CRITERIA, ({ id }) => id),
  threshold: whole(-HIGHEST_THRESHOLD, HIGHEST_THRESHOLD),
});

/** Checks what is to be proposed as a policy: shape, limits, codes. Never throws; names the first field and its rule. */
export function validatePolicyContent(value: unknown): Checked<PolicyContent> {
  const checked = policy(value, '');
  if (!checked.ok) return checked;
  const values = checked.content.criteria.flatMap(({ rules }) => rules.flatMap(({ anyOf }) => anyOf)).length;
  return values <= MOST_VALUES_IN_ALL ? checked : broken('criteria', `at most ${MOST_VALUES_IN_ALL} values in all`);
}
