import { CODE_PATTERN } from '../agreements/profile.js';
import { TEAM_ID_PATTERN, TEAM_KINDS } from '../agreements/team.js';
import { code, list, oneOf, optional, record, text, type Infer, type InferFields, type Shape } from '../shape/shape.js';
import { fieldMapping } from './field-mapping.js';
import { isTimeZone } from './time-zone.js';

const matching = (rule: string, holds: (value: string) => boolean): Shape<string> => ({
  schema: { type: 'string' },
  optional: false,
  check: (value, path) => (typeof value === 'string' && holds(value) ? undefined : `${path}: must be ${rule}`),
});
const teamId = matching('the id of a team', (value) => TEAM_ID_PATTERN.test(value));
const timeZone = matching('UTC, an offset such as +02:00, or the IANA name of a time zone', isTimeZone);
const currency = matching('a code such as eur', (value) => CODE_PATTERN.test(value));

const field = fieldMapping;
const maybe = optional(fieldMapping);

/** Made before the first row, with those whom the rows name as its members. */
const team = record({ id: teamId, kind: oneOf(...TEAM_KINDS), name: text(80) });
const steward = record({ team: teamId, person: maybe });
const worker = record({ team: teamId, person: field });

const common = {
  /** of the external ids, and what repetitions are known by: the same system and id is the same lead */
  system: code,
  about: optional(text(2000)),
  /** of times without an offset; UTC unless said */
  zone: optional(timeZone),
  teams: optional(list(team, 50)),
};

export const PROFILE_FIELDS = {
  segment: maybe,
  industry: maybe,
  companySizeBand: maybe,
  budgetBand: maybe,
  seniority: maybe,
  timeline: maybe,
  country: maybe,
} as const;
export const DETAIL_FIELDS = {
  name: maybe,
  email: maybe,
  phone: maybe,
  jobTitle: maybe,
  companyName: maybe,
  companyDomain: maybe,
  landingUrl: maybe,
  clickId: maybe,
  note: maybe,
} as const;

/** A file whose rows are leads. */
const leads = record({
  kind: oneOf('leads'),
  ...common,
  steward: record({ team: teamId }),
  fields: record({
    externalId: field,
    source: field,
    topic: field,
    campaign: maybe,
    asset: maybe,
    behaviours: maybe,
    occurredAt: maybe,
    profile: optional(record(PROFILE_FIELDS)),
    details: optional(record(DETAIL_FIELDS)),
  }),
});
export type LeadsMapping = InferFields<(typeof leads)['fields']>;

/** A file whose rows are the wins of leads that were imported before. */
const deals = record({
  kind: oneOf('deals'),
  ...common,
  steward,
  worker,
  currency,
  fields: record({ externalId: field, wonAt: field, value: field }),
});
export type DealsMapping = InferFields<(typeof deals)['fields']>;

export type Mapping = LeadsMapping | DealsMapping;
export type TeamMapping = Infer<typeof team>;

/** What is wrong with a mapping, as `path: rule`, or the mapping. */
export function checkMapping(
  value: unknown,
): { readonly ok: true; readonly mapping: Mapping } | { readonly ok: false; readonly problem: string } {
  const kind = value !== null && typeof value === 'object' && 'kind' in value ? value.kind : undefined;
  if (kind !== 'leads' && kind !== 'deals') return { ok: false, problem: '/kind: must be leads or deals' };
  const problem = (kind === 'leads' ? leads : deals).check(value, '');
  return problem === undefined ? { ok: true, mapping: value as Mapping } : { ok: false, problem };
}
