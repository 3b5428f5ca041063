import type { Migrations } from '../read-database/migrations.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { FeedProgress } from '../event-feed/event-feed.js';
import { migrate } from '../read-database/migrations.js';

export type RoutingTables = {
  /** how far the processor is; a row with -1 says that it began where there was nothing */
  routing_progress: { readonly feed_partition: number; readonly feed_offset: string };
  /** triggers whose time has not come */
  routing_due: { readonly trigger_event: string; readonly due_at: string };
};

const MIGRATIONS: Migrations = [
  async (tx) => {
    await tx.schema
      .createTable('routing_progress')
      .addColumn('feed_partition', 'integer', (column) => column.primaryKey())
      .addColumn('feed_offset', 'text', (column) => column.notNull())
      .execute();
    await tx.schema
      .createTable('routing_due')
      .addColumn('trigger_event', 'text', (column) => column.primaryKey())
      .addColumn('due_at', 'text', (column) => column.notNull())
      .execute();
  },
];

/** What the processor remembers. Losing it loses no lead: see `RoutingService.start`. */
export class RoutingMemory {
  constructor(private readonly database: ReadDatabase) {}

  async open(): Promise<void> {
    await this.database.alone((tx) => migrate(tx, 'lead-routing', MIGRATIONS));
  }

  /** undefined where nothing is remembered at all */
  async progress(): Promise<FeedProgress | undefined> {
    const rows = await this.database.reading
      .withTables<RoutingTables>()
      .selectFrom('routing_progress')
      .selectAll()
      .execute();
    if (rows.length === 0) return undefined;
    return new Map(rows.map((row) => [row.feed_partition, BigInt(row.feed_offset)]));
  }

  async reached(partition: number, offset: bigint): Promise<void> {
    const row = { feed_partition: partition, feed_offset: String(offset) };
    await this.database.transaction(async (tx) => {
      await tx
        .withTables<RoutingTables>()
        .insertInto('routing_progress')
        .values(row)
        .onConflict((conflict) => conflict.column('feed_partition').doUpdateSet({ feed_offset: row.feed_offset }))
        .execute();
    });
  }

  async remember(trigger: string, at: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx
        .withTables<RoutingTables>()
        .insertInto('routing_due')
        .values({ trigger_event: trigger, due_at: at })
        .onConflict((conflict) => conflict.column('trigger_event').doNothing())
        .execute();
    });
  }

  async next(): Promise<{ readonly trigger: string; readonly at: string } | undefined> {
    const row = await this.database.reading
      .withTables<RoutingTables>()
      .selectFrom('routing_due')
      .selectAll()
      .orderBy('due_at')
      .orderBy('trigger_event')
      .limit(1)
      .executeTakeFirst();
    return row && { trigger: row.trigger_event, at: row.due_at };
  }

  async forget(trigger: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.withTables<RoutingTables>().deleteFrom('routing_due').where('trigger_event', '=', trigger).execute();
    });
  }
}
