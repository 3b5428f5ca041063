import { integer, integerOrNull, text, textOrNull, type RowOf } from '../read-database/table-shape.js';

/** One row per lead: where it stands now. */
export const CARD = {
  lead: text,
  revision: integer,
  contact: text,
  /** down to the sub-state, `working.contacted`; `phase` without it */
  state: text,
  phase: text,
  state_since: text,
  state_reason: textOrNull,
  open: integer,
  cycle: integer,
  created_at: text,
  /** recordedAt of the last event */
  updated_at: text,
  imported: integer,
  source: text,
  topic: text,
  campaign: textOrNull,
  external_system: textOrNull,
  external_id: textOrNull,
  /** bands and codes as JSON */
  profile: text,
  score: integerOrNull,
  /** the score, or less than any where there is none: to sort by */
  score_rank: integer,
  score_passed: integerOrNull,
  policy_version: integerOrNull,
  steward_team: textOrNull,
  steward_person: textOrNull,
  offeree_team: textOrNull,
  offeree_person: textOrNull,
  worker_team: textOrNull,
  worker_person: textOrNull,
  accountable: textOrNull,
  /** whose backlog it is in: the offeree's while offered, the worker's while worked */
  backlog_team: textOrNull,
  backlog_person: textOrNull,
  held_for: textOrNull,
  offer_id: textOrNull,
  accept_by: textOrNull,
  offers_in_cycle: integer,
  resume_at: textOrNull,
  touches: integer,
  last_touch_at: textOrNull,
  interests: integer,
  rating: integerOrNull,
  merged_into: textOrNull,
  /** state_since of a lead that can still come to something; null once it is won, disqualified or merged */
  stands_since: textOrNull,
  /** its day, in days since 1970: most comparisons of a time are settled by it, in half the time */
  stands_day: integerOrNull,
  /** whose of sales it is: the offeree's while offered, the worker's until the lead leaves lost */
  sales_team: textOrNull,
  sales_person: textOrNull,
  /** its place in that queue: see `card-standing.ts`; '' outside */
  queue_key: text,
  /** the keep-in-contact track of a nurtured lead */
  track: textOrNull,
  maximum_silence_days: integerOrNull,
  /** while nurtured: the later of the return to nurturing and the last touch */
  quiet_since: textOrNull,
  /** while nurtured on a track: from then on it counts as left alone */
  silent_from: textOrNull,
  /** recordedAt of the worker's last event, at first of becoming the worker */
  worker_updated_at: textOrNull,
  /** the cycles that sales worked, but for those rated and past: see `worked-cycles.ts` */
  worked_cycles: text,
  /** the open owner intervals: see `current-owners.ts` */
  owners: text,
  /** the sales teams that work or once worked it, as a JSON list: they keep the right to read it */
  worked_by: text,
};
export type CardRow = RowOf<typeof CARD>;
/** What the creation says for good. */
export const CARD_CONSTANTS = [
  'contact',
  'created_at',
  'imported',
  'source',
  'topic',
  'campaign',
  'external_system',
  'external_id',
] as const satisfies readonly (keyof CardRow)[];
