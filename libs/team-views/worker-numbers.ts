import { HYGIENE } from '../metric-catalogue/standing-metrics.js';
import type { NumberRow } from './outcome-numbers.js';
import type { RatingsOwed } from './ratings-owed.js';
import type { Scope } from './scope.js';
import type { StandingMoment } from './standing-filters.js';
import type { StandingNumbers } from './standing-numbers.js';

const BY = ['team', 'person'] as const;

interface Worker {
  readonly team: string;
  readonly person: string;
}
type Of = Partial<Worker>;

/** How a worker keeps the leads that are being worked up to date: the catalogue's `hygiene`. */
export interface WorkerHygiene extends Worker {
  /** worked now */
  readonly open: number;
  /** of these, in time */
  readonly updated: number;
  /** updated ÷ open */
  readonly share: number;
  /** of the open ones, those that the caller may not read */
  readonly outside: number;
}

/** How many ratings a worker owes: the catalogue's `ratings-owed`. */
export interface OwedByWorker extends Worker {
  readonly missing: number;
  readonly outside: number;
}

/**
 * Numbers of single workers, as the catalogue has them: a caller is shown those workers of whose leads they may read
 * one, and of each the whole number, so that it is the same for everybody who sees it.
 */
export class WorkerNumbers {
  constructor(
    private readonly standing: Pick<StandingNumbers, 'rows'>,
    private readonly ratings: Pick<RatingsOwed, 'rows'>,
  ) {}

  /** @returns undefined where there are more workers than an answer holds: then of one team */
  async hygiene(scope: Scope, moment: StandingMoment, of: Of = {}): Promise<readonly WorkerHygiene[] | undefined> {
    const asked = { by: BY, only: of };
    const [whole, seen] = await Promise.all([
      this.standing.rows(HYGIENE, asked, moment),
      scope.all ? undefined : this.standing.rows(HYGIENE, asked, moment, scope),
    ]);
    return shownOf(whole, seen, (row) => row?.denominator ?? 0)?.map(({ row, worker, outside }) => {
      const { numerator: updated, denominator, value } = row;
      return { ...worker, open: denominator ?? 0, updated, share: value ?? 0, outside };
    });
  }

  /** @returns likewise */
  async owed(scope: Scope, of: Of = {}): Promise<readonly OwedByWorker[] | undefined> {
    const asked = { by: BY, only: of };
    const [whole, seen] = await Promise.all([
      this.ratings.rows(asked),
      scope.all ? undefined : this.ratings.rows(asked, scope),
    ]);
    return shownOf(whole, seen, (row) => row?.numerator ?? 0)?.map(({ row, worker, outside }) => {
      return { ...worker, missing: row.numerator, outside };
    });
  }
}

type Rows = readonly NumberRow[] | undefined;

/** @param seen the rows of what the caller may read; undefined where that is all */
function shownOf(whole: Rows, seen: Rows, unitsOf: (row: NumberRow | undefined) => number) {
  if (whole === undefined) return undefined;
  const keyOf = ({ of }: NumberRow) => JSON.stringify([of.team, of.person]);
  const within = new Map((seen ?? whole).map((row) => [keyOf(row), row]));
  return whole
    .filter((row) => within.has(keyOf(row)))
    .map((row) => ({
      row,
      worker: { team: row.of.team ?? '', person: row.of.person ?? '' },
      outside: unitsOf(row) - unitsOf(within.get(keyOf(row))),
    }));
}
