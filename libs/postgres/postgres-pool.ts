import type { Pool, PoolClient } from 'pg';
import type { PostgresAddress } from './postgres-address.js';
import { whyNoConnection } from './postgres-fault.js';

export interface PoolOptions {
  readonly address: PostgresAddress;
  /** the schema that all tables are looked for in; made where it is missing */
  readonly schema: string;
  /** shown in the server's list of sessions, with the schema */
  readonly name: string;
  readonly connections: number;
  /** a statement that takes longer is ended by the server */
  readonly statementMs: number;
  /** for a lock that another session holds */
  readonly lockMs: number;
  /** A session that does nothing within a transaction is ended: a process that stands still must not hold up others. */
  readonly idleInTransactionMs: number;
  readonly settings?: Readonly<Record<string, string>>;
}

export type { Pool, PoolClient };

const CONNECT_MS = 5_000;
const IDLE_MS = 30_000;
/** Beyond the server's own limit: then the server, or the way to it, is silent. */
const SILENCE_MS = 5_000;
const OLDEST_SERVER = 13;
const INT8 = 20;
const NUMERIC = 1700;
const SCHEMA = /^[a-z_][a-z0-9_]{0,50}$/;

/**
 * Connections to one schema. Integers and sums come as numbers, as SQLite gives them.
 *
 * @throws RangeError in one line, with a way out, where the server cannot be used
 */
export async function openPool(options: PoolOptions): Promise<Pool> {
  const { address, schema, name, connections, statementMs } = options;
  if (!SCHEMA.test(schema)) throw new RangeError(`${schema} is no name for a schema: use a-z, 0-9 and _`);
  // Here and not above: whoever runs on SQLite need not wait for the driver.
  const { default: pg } = await import('pg');
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(NUMERIC, Number);
  const pool = refusingBadFiles(
    address,
    () =>
      new pg.Pool({
        connectionString: address.url,
        application_name: `${name} in ${schema}`,
        max: connections,
        connectionTimeoutMillis: CONNECT_MS,
        idleTimeoutMillis: IDLE_MS,
        query_timeout: statementMs + SILENCE_MS,
        keepAlive: true,
        types,
        options: startOptions(options),
      }),
  );
  // A connection that breaks while nobody waits for an answer: the next query on it tells, or the pool makes another.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await look(pool, schema);
    return pool;
  } catch (error) {
    await pool.end();
    throw new RangeError(
      error instanceof Unfit ? `${address.place} ${error.message}` : whyNoConnection(error, address),
    );
  }
}

class Unfit extends Error {}

/** Whether this is a server that we can write to; makes the schema. */
async function look(pool: Pool, schema: string): Promise<void> {
  const { rows } = await pool.query<{ version: string; standby: boolean; present: boolean }>(
    `select current_setting('server_version') as version, pg_is_in_recovery() as standby,
            exists (select from pg_namespace where nspname = $1) as present`,
    [schema],
  );
  const [found] = rows;
  if (found === undefined) throw new Unfit('is no PostgreSQL');
  if (Number.parseInt(found.version, 10) < OLDEST_SERVER) {
    throw new Unfit(`is PostgreSQL ${found.version}: ${OLDEST_SERVER} or newer is needed`);
  }
  if (found.standby) throw new Unfit('is a standby that takes no writes: name the primary server');
  // Two that start at once: who comes second finds it, or is told so by the unique key of the catalogue.
  if (!found.present) await pool.query(`create schema if not exists ${schema}`).catch(passIfThere);
}

function passIfThere(error: { readonly code?: string }): void {
  if (error.code !== '23505' && error.code !== '42P06') throw error as Error;
}

function startOptions({ schema, statementMs, lockMs, idleInTransactionMs, settings = {} }: PoolOptions): string {
  const all = {
    search_path: schema,
    statement_timeout: String(statementMs),
    lock_timeout: String(lockMs),
    idle_in_transaction_session_timeout: String(idleInTransactionMs),
    // Plans here are small; compiling them takes longer than running them.
    jit: 'off',
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** The driver reads certificate files when it is made. */
function refusingBadFiles<T>(address: PostgresAddress, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new RangeError(whyNoConnection(error, address));
  }
}
