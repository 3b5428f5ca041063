import type { WorkedCycleRow } from './lead-card-tables.js';
import type { LeadRecord } from './lead-record.js';

/** The cycles of one lead that sales worked and that events can still change, by their numbers. */
export type WorkedCycles = Map<number, WorkedCycleRow>;

const OWED = 1;
const NOT_WHILE_MERGED = 2;
const SALES_AT_WORK = /^(working|opportunity)\b/;

/**
 * What an event says of the work in cycles: changes `cycles` and gives the rows that it changed. The rating is owed as
 * soon as the lead leaves the sales stages, by whoever had it last; of imported history nobody owes one, nor of a lead
 * while it is merged, which cannot be rated.
 */
export function moveWorkedCycles(cycles: WorkedCycles, event: LeadRecord): readonly WorkedCycleRow[] {
  if (event.type === 'LeadMerged') return moveMissing(cycles, OWED, NOT_WHILE_MERGED);
  if (event.type === 'LeadUnmerged') return moveMissing(cycles, NOT_WHILE_MERGED, OWED);
  const row = moveWorkedCycle(cycles, event);
  return row ? [row] : [];
}

function moveMissing(cycles: WorkedCycles, from: number, to: number): readonly WorkedCycleRow[] {
  const moved = [...cycles.values()].filter(({ missing }) => missing === from).map((row) => ({ ...row, missing: to }));
  for (const row of moved) cycles.set(row.cycle, row);
  return moved;
}

function moveWorkedCycle(cycles: WorkedCycles, event: LeadRecord): WorkedCycleRow | undefined {
  const { change, imported } = event.meta;
  const number = event.data.cycle;
  let row = cycles.get(number);
  const before = row;
  const worker = change?.worker?.to;
  if (worker) row = { ...(row ?? begun(event.lead, number)), team: worker.team, person: worker.person ?? '' };
  if (row === undefined) return undefined;
  if (event.type === 'LeadQualityRated') row = { ...row, rated: 1 };
  const { from, to } = change?.state ?? { from: null, to: null };
  if (change && from !== null && to !== null && SALES_AT_WORK.test(from) && !SALES_AT_WORK.test(to)) {
    row = { ...row, ended_at: change.effectiveAt, ended_as: to, missing: imported ? 0 : OWED };
  }
  if (row === before) return undefined;
  if (row.rated === 1) row = { ...row, missing: 0 };
  cycles.set(number, row);
  return row;
}

const begun = (lead: string, cycle: number): WorkedCycleRow => ({
  lead,
  cycle,
  team: '',
  person: '',
  ended_at: null,
  ended_as: null,
  rated: 0,
  missing: 0,
});

/** For the card's column, without what no event changes any more: earlier cycles that are rated. */
export function writtenWorkedCycles(cycles: WorkedCycles, current: number): string {
  const open = [...cycles.values()].filter(({ cycle, rated }) => rated === 0 || cycle === current);
  return JSON.stringify(
    open.map(({ cycle, team, person, ended_at, ended_as, rated, missing }) => [
      cycle,
      team,
      person,
      ended_at,
      ended_as,
      rated,
      missing,
    ]),
  );
}

type Written = readonly [number, string, string, string | null, string | null, number, number];

export function readWorkedCycles(lead: string, written: string): WorkedCycles {
  const rows = (JSON.parse(written) as readonly Written[]).map(
    ([cycle, team, person, ended_at, ended_as, rated, missing]): WorkedCycleRow => ({
      lead,
      cycle,
      team,
      person,
      ended_at,
      ended_as,
      rated,
      missing,
    }),
  );
  return new Map(rows.map((row) => [row.cycle, row]));
}
