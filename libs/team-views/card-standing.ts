import { isoTime } from '../decider/clock.js';
import type { CardRow } from './card-row.js';

const CLOSED_PHASES = ['lost', 'won', 'disqualified', 'merged'];
const SETTLED_PHASES = ['won', 'disqualified', 'merged'];
/** A sales queue in this order: what waits for an answer first. */
const QUEUE_ORDER = ['offered', 'working', 'opportunity', 'lost'];
export const DAY_MS = 86_400_000;
/** Whole days since 1970, of milliseconds since then. */
export const dayOf = (time: number): number => Math.floor(time / DAY_MS);

/** What holds only in certain states, and what follows from where the lead stands and from its last touch. */
export function takeStock(row: CardRow): void {
  const offered = row.phase === 'offered';
  const worked = row.phase === 'working' || row.phase === 'opportunity';
  row.open = CLOSED_PHASES.includes(row.phase) ? 0 : 1;
  row.stands_since = SETTLED_PHASES.includes(row.phase) ? null : row.state_since;
  row.stands_day = row.stands_since === null ? null : dayOf(Date.parse(row.stands_since));
  row.backlog_team = offered ? row.offeree_team : worked ? row.worker_team : null;
  row.backlog_person = offered ? row.offeree_person : worked ? row.worker_person : null;
  if (!offered) row.offer_id = row.accept_by = null;
  if (row.phase !== 'held') row.held_for = null;
  if (row.phase !== 'merged') row.merged_into = null;
  queue(row);
  listenForSilence(row);
}

/** Offers by the time left to answer them, everything else by how long it has stood: both are one text to sort by. */
function queue(row: CardRow): void {
  const place = QUEUE_ORDER.indexOf(row.phase);
  row.sales_team = place < 0 ? null : (row.offeree_team ?? row.worker_team);
  row.sales_person = place < 0 ? null : (row.offeree_person ?? row.worker_person);
  row.queue_key = place < 0 ? '' : `${place} ${row.accept_by ?? row.state_since}`;
}

function listenForSilence(row: CardRow): void {
  if (row.phase !== 'nurturing') {
    row.track = row.maximum_silence_days = row.quiet_since = row.silent_from = null;
    return;
  }
  const { state_since: since, last_touch_at: touched, maximum_silence_days: days } = row;
  row.quiet_since = touched !== null && touched > since ? touched : since;
  row.silent_from = days === null ? null : isoTime(Date.parse(row.quiet_since) + days * DAY_MS);
}
