import { postgresAddress } from '../postgres/postgres-address.js';
import { codeOf, isPassing } from '../postgres/postgres-fault.js';
import { openPool, type Pool } from '../postgres/postgres-pool.js';
import type { BlindIndexEntry } from './blind-index.js';
import type { DataKey } from './envelope.js';
import { keyMarks, type KeyRing } from './key-ring.js';
import { KeyStoreFault, type ContactReservation, type KeyStore } from './key-store.js';
import { mintKey, unwrap, type WrappedKey } from './key-wrapping.js';
import { prepareKeySchema } from './postgres-key-schema.js';
import { PostgresKeyWriter } from './postgres-key-writer.js';
import type { RandomBytes } from './random-bytes.js';

export interface PostgresKeyStoreOptions {
  /** `postgres://user:password@host:port/database`; see `postgresAddress` for TLS */
  readonly url: string;
  /** name of the setting that the address comes from, for messages; default `BATON_DATABASE` */
  readonly setting?: string;
  /** the keys' own schema, apart from the views'; default `baton_keys` */
  readonly schema?: string;
  readonly ring: KeyRing;
  readonly random: RandomBytes;
}

const CONNECTIONS = 4;
const STATEMENT_MS = 10_000;
const LOCK_MS = 5_000;
const IDLE_MS = 5_000;

/**
 * The key store in a schema of a PostgreSQL, for several processes at once. Every answer is durable, whatever the server
 * is set to. Keys are wrapped and unwrapped here: the server never has one in the clear.
 *
 * What is deleted lives on for a while in PostgreSQL's pages, log and backups. It opens nothing without the epoch key it
 * was wrapped under, which is not in the database: with that one's end it is gone everywhere.
 */
export class PostgresKeyStore implements KeyStore {
  private constructor(
    private readonly pool: Pool,
    private readonly writer: PostgresKeyWriter,
    private readonly options: PostgresKeyStoreOptions,
  ) {}

  /**
   * @throws KeyStoreFault in one line, when the server cannot be used or the schema was written under another key file:
   * with foreign keys nothing in it would open, and new rows would mix two installations
   */
  static async open(options: PostgresKeyStoreOptions): Promise<PostgresKeyStore> {
    const pool = await poolFor(options);
    const writer = new PostgresKeyWriter(pool);
    try {
      await prepare(pool);
      if ((await writer.submit('admitKeyRing', keyMarks(options.ring))) === 'foreign') {
        throw new KeyStoreFault('the key store was written under another key file');
      }
      return new PostgresKeyStore(pool, writer, options);
    } catch (fault) {
      await pool.end();
      throw fault;
    }
  }

  async reserveContact(reservation: ContactReservation) {
    const { wrapped } = mintKey(reservation.newContact, 1, this.options.ring, this.options.random);
    return this.writer.submit('reserveContact', { ...reservation, newKey: wrapped });
  }

  async keyFor(contact: string, version?: number): Promise<DataKey | 'erased' | 'unknown'> {
    // The fence first: a restored backup may still hold the key of an erased contact.
    const [row] = await this.read<WrappedKey & { erased: boolean }>(
      `select true as erased, null as version, null as epoch, null as wrapped from fence where contact = $1
       union all
       (select false, version, epoch, wrapped from data_key where contact = $1 and version = coalesce($2, version)
        order by version desc limit 1)
       order by erased desc limit 1`,
      [contact, version ?? null],
    );
    if (row === undefined) return 'unknown';
    return row.erased ? 'erased' : unwrap(contact, row, this.options.ring);
  }

  async lookup({ kind, pepperVersion, mac }: BlindIndexEntry): Promise<string | undefined> {
    const [row] = await this.read<{ contact: string }>(
      'select contact from index_entry where kind = $1 and pepper_version = $2 and mac = $3',
      [kind, pepperVersion, mac],
    );
    return row?.contact;
  }

  addIndexEntries(contact: string, entries: readonly BlindIndexEntry[]) {
    return this.writer.submit('addIndexEntries', contact, entries);
  }

  linkLead(contact: string, leadId: string) {
    return this.writer.submit('linkLead', contact, leadId);
  }

  async contactLeads(contact: string): Promise<readonly string[]> {
    const rows = await this.read<{ lead: string }>(
      'select lead from contact_lead where contact = coalesce(survivor_of($1), $1)',
      [contact],
    );
    return rows.map(({ lead }) => lead);
  }

  mergeContacts(from: string, into: string) {
    return this.writer.submit('mergeContacts', from, into);
  }

  erase(contact: string) {
    return this.writer.submit('erase', contact);
  }

  async close(): Promise<void> {
    await this.writer.close();
    if (!this.pool.ended) await this.pool.end();
  }

  /** A connection of the pool may have died since it was last used: a read is then asked once more. */
  private async read<Row>(statement: string, values: readonly (string | number | null)[]): Promise<readonly Row[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return (await this.pool.query(statement, [...values])).rows as Row[];
      } catch (error) {
        const code = codeOf(error);
        if (tries > 1 || this.pool.ended || !isPassing(code)) throw new KeyStoreFault(`the key store answers ${code}`);
      }
    }
  }
}

async function poolFor({ url, setting = 'BATON_DATABASE', schema = 'baton_keys' }: PostgresKeyStoreOptions) {
  try {
    return await openPool({
      address: postgresAddress(url, setting),
      schema,
      name: 'baton keys',
      connections: CONNECTIONS,
      statementMs: STATEMENT_MS,
      lockMs: LOCK_MS,
      idleInTransactionMs: IDLE_MS,
      settings: { synchronous_commit: 'on' },
    });
  } catch (refusal) {
    throw refusal instanceof RangeError ? new KeyStoreFault(refusal.message) : refusal;
  }
}

async function prepare(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await prepareKeySchema(client);
    client.release();
  } catch (error) {
    client.release(true);
    throw error instanceof KeyStoreFault ? error : new KeyStoreFault(`the key store answers ${codeOf(error)}`);
  }
}
