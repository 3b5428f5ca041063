import { sql } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { IntervalRow, LeadCardTables } from '../team-views/lead-card-tables.js';
import { dataset, type Dataset, type ExportRange } from './dataset.js';
import { INTERVAL_COLUMNS } from './interval-columns.js';

const PAGE = 500;

/** Intervals that lie at least partly in the range, by lead, role and begin. */
export function intervalExport(database: Pick<ReadDatabase, 'reading'>): Dataset {
  const db = database.reading.withTables<LeadCardTables>();

  async function* records(range: ExportRange): AsyncGenerator<readonly IntervalRow[]> {
    for (let last: IntervalRow | undefined; ;) {
      const page: readonly IntervalRow[] = await pageAfter(last, range);
      yield page;
      last = page.at(-1);
      if (page.length < PAGE) return;
    }
  }

  function pageAfter(last: IntervalRow | undefined, { from, to }: ExportRange): Promise<readonly IntervalRow[]> {
    let query = db
      .selectFrom('owner_interval')
      .selectAll()
      .orderBy('lead')
      .orderBy('role')
      .orderBy('opened_revision')
      .limit(PAGE);
    // As one comparison of rows it is a range of the key; SQLite and PostgreSQL both have it.
    if (last) {
      query = query.where(
        sql<boolean>`(lead, role, opened_revision) > (${last.lead}, ${last.role}, ${last.opened_revision})`,
      );
    }
    if (to !== undefined) query = query.where('since', '<', to);
    if (from !== undefined) {
      query = query.where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', from), eb('since', '>=', from)]));
    }
    return query.execute();
  }

  return dataset({ name: 'intervals', columns: INTERVAL_COLUMNS, records });
}
