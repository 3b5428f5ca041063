import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql, type Dialect } from 'kysely';
import { postgresAddress } from '../postgres/postgres-address.js';
import { openPool, type Pool, type PoolOptions } from '../postgres/postgres-pool.js';
import { PostgresColumns } from './postgres-columns.js';
import { PostgresDriver } from './postgres-driver.js';
import {
  ReadDatabaseFault,
  ReadDatabaseUnavailable,
  type ReadDatabase,
  type Reading,
  type Writing,
} from './read-database.js';

export interface PostgresReadDatabaseOptions {
  /** `postgres://user:password@host:port/database`; see `postgresAddress` for TLS */
  readonly url: string;
  /** name of the setting that the address comes from, for messages; default `BATON_DATABASE` */
  readonly setting?: string;
  /** the tables' own schema; default `baton_views` */
  readonly schema?: string;
  /** most connections for queries; default 8 */
  readonly readers?: number;
  /** most transactions at once; default 4 */
  readonly writers?: number;
  /** longest query; default 15 s */
  readonly queryMs?: number;
  /** longest statement that writes; default 10 minutes, since indexes are made of all history */
  readonly writeMs?: number;
  /** after which a process that stands still within a transaction loses it; default 15 s */
  readonly idleInTransactionMs?: number;
}

const MINUTE_MS = 60_000;
const LOCK_MS = 30_000;
/** Tells our lock from those of other programs in the same database: "Btn". */
const ALONE = 0x42746e;

/**
 * Read models in a schema of a PostgreSQL, shared by as many processes as there are. Commits are not waited for on the
 * server's disk: its crash may take the last transactions, rows and progress alike, and the feed brings them again.
 */
export class PostgresReadDatabase implements ReadDatabase {
  readonly isShared = true;

  private constructor(
    readonly reading: Reading,
    private readonly writing: Kysely<unknown>,
    private readonly pools: readonly Pool[],
  ) {}

  /** @throws ReadDatabaseFault, in one line with a way out */
  static async open(options: PostgresReadDatabaseOptions): Promise<PostgresReadDatabase> {
    const { readers = 8, writers = 4, queryMs = 15_000, writeMs = 10 * MINUTE_MS } = options;
    const { schema = 'baton_views', setting = 'BATON_DATABASE', idleInTransactionMs = 15_000 } = options;
    const pools: Pool[] = [];
    try {
      const address = postgresAddress(options.url, setting);
      const all = { address, schema, lockMs: LOCK_MS, idleInTransactionMs };
      const open = async (own: Pick<PoolOptions, 'name' | 'connections' | 'statementMs' | 'settings'>) => {
        const pool = await openPool({ ...all, ...own });
        pools.push(pool);
        return pool;
      };
      const settings = { synchronous_commit: 'off' };
      const writing = await open({ name: 'baton views', connections: writers, statementMs: writeMs, settings });
      await refuseOthers(writing, schema);
      const readOnly = { default_transaction_read_only: 'on' };
      const reading = await open({
        name: 'baton queries',
        connections: readers,
        statementMs: queryMs,
        settings: readOnly,
      });
      return new PostgresReadDatabase(kyselyOver(reading, schema), kyselyOver(writing, schema), pools);
    } catch (refusal) {
      await Promise.all(pools.map((pool) => pool.end()));
      throw refusal instanceof RangeError ? new ReadDatabaseFault(refusal.message) : refusal;
    }
  }

  transaction<T>(work: (tx: Writing) => Promise<T>): Promise<T> {
    return this.writing.transaction().execute(work);
  }

  alone<T>(work: (tx: Writing) => Promise<T>): Promise<T> {
    return this.transaction(async (tx) => {
      await sql`select pg_advisory_xact_lock(${ALONE}, hashtext(current_schema()))`.execute(tx);
      return work(tx);
    });
  }

  snapshot<T>(look: (tx: Writing) => Promise<T>): Promise<T> {
    return this.writing.transaction().setIsolationLevel('repeatable read').execute(look);
  }

  /** The server looks at tables by itself only after a minute, and until then takes them for empty. */
  async filled(tables: readonly string[]): Promise<void> {
    for (const table of tables) await sql`analyze ${sql.table(table)}`.execute(this.writing);
  }

  isUnavailable(error: unknown): boolean {
    return error instanceof ReadDatabaseUnavailable;
  }

  async close(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.end()));
  }
}

/** A schema with tables in it that are not ours is left alone. */
async function refuseOthers(pool: Pool, schema: string): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p', 'v', 'm')`,
    [schema],
  );
  if (rows.length > 0 && !rows.some(({ name }) => name === 'schema_version')) {
    throw new RangeError(`the schema ${schema} is no read database: it belongs to another program`);
  }
}

function kyselyOver(pool: Pool, schema: string): Kysely<unknown> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PostgresDriver(pool),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new SchemaIntrospector(db, schema),
  };
  return new Kysely<unknown>({ dialect, plugins: [new PostgresColumns()] });
}

/** Only the tables of our schema: names of other schemas may be the same. */
class SchemaIntrospector extends PostgresIntrospector {
  constructor(
    db: Kysely<unknown>,
    private readonly schema: string,
  ) {
    super(db);
  }

  override async getTables(...options: Parameters<PostgresIntrospector['getTables']>) {
    const tables = await super.getTables(...options);
    return tables.filter(({ schema }) => schema === this.schema);
  }
}
