import { postgresAddress } from '../postgres/postgres-address.js';
import { codeOf, isPassing } from '../postgres/postgres-fault.js';
import { openPool, type Pool } from '../postgres/postgres-pool.js';
import { ADDRESS_KINDS, underEach, type BlindIndexEntry, type PepperedRow } from './blind-index.js';
import type { DataKey } from './envelope.js';
import { erasuresOf, type FenceRow } from './fence-rows.js';
import type { PepperedTable, Stale } from './key-operations.js';
import { isDestroyed, newestEpoch, newestPepper, type KeyRing } from './key-ring.js';
import {
  KeyStoreFault,
  type ContactReservation,
  type Erasing,
  type KeyStore,
  type ReservedContact,
  type UnfinishedErasure,
} from './key-store.js';
import { mintKey, unwrap, wrapAnew, type WrappedKey } from './key-wrapping.js';
import { admitKeyRing, repeppered, withNewestKeys } from './newest-keys.js';
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
/** Apart from the lock under which the tables are written: this one is held for as long as a work takes. */
const WORK = '4354671, hashtext(current_schema())';

/**
 * The key store in a schema of a PostgreSQL, for several processes at once. Every answer is durable, whatever the server
 * is set to. Keys are wrapped and unwrapped here: the server never has one in the clear.
 *
 * What is deleted lives on for a while in PostgreSQL's pages, log and backups. It opens nothing without the epoch key it
 * was wrapped under, which is not in the database: with that one's end it is gone everywhere.
 */
export class PostgresKeyStore implements KeyStore {
  private inTurn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly pool: Pool,
    private readonly writer: PostgresKeyWriter,
    private readonly options: PostgresKeyStoreOptions,
  ) {}

  /**
   * @throws KeyStoreFault in one line, when the server cannot be used, or the schema was written under another key file
   * (nothing in it would open, and new rows would mix two installations) or a newer one
   */
  static async open(options: PostgresKeyStoreOptions): Promise<PostgresKeyStore> {
    const pool = await poolFor(options);
    const writer = new PostgresKeyWriter(pool);
    try {
      await prepare(pool);
      await admitKeyRing(options.ring, (marks) => writer.submit('admitKeyRing', marks));
      return new PostgresKeyStore(pool, writer, options);
    } catch (fault) {
      await pool.end();
      throw fault;
    }
  }

  async reserveContact(reservation: ContactReservation): Promise<ReservedContact | 'erased'> {
    const { ring, random } = this.options;
    return this.withNewestKeys(() => {
      const { wrapped } = mintKey(reservation.newContact, 1, ring, random);
      const candidates = this.underEach(reservation.candidates);
      return this.writer.submit('reserveContact', { ...reservation, candidates, newKey: wrapped });
    });
  }

  async keyFor(contact: string, version?: number): Promise<DataKey | 'erased' | 'unknown'> {
    const { ring } = this.options;
    let row = await this.wrappedKey(contact, version);
    // Wrapped anew while it was read: the row and the ring, each as it is now.
    if (row && !row.erased && !ring.epochs.some(({ epoch }) => epoch === row?.epoch)) {
      ring.refresh?.();
      row = await this.wrappedKey(contact, version);
    }
    if (row?.erased) return 'erased';
    return row === undefined || isDestroyed(row.epoch, ring) ? 'unknown' : unwrap(contact, row, ring);
  }

  private async wrappedKey(contact: string, version?: number) {
    // The fence first: a restored backup may still hold the key of an erased contact.
    const [row] = await this.read<WrappedKey & { erased: boolean }>(
      `select true as erased, null as version, null as epoch, null as wrapped from fence where contact = $1
       union all
       (select false, version, epoch, wrapped from data_key where contact = $1 and version = coalesce($2, version)
        order by version desc limit 1)
       order by erased desc limit 1`,
      [contact, version ?? null],
    );
    return row;
  }

  async lookup(entry: BlindIndexEntry): Promise<string | undefined> {
    const { contact } = await this.withNewestKeys(async () => {
      const peppered = underEach(entry, this.options.ring);
      // One statement: a row that is being moved stands in it once.
      const [found] = await this.read<{ newest: number; contact: string | null }>(
        'select newest_pepper() as newest, (owners_of($1::jsonb))[1] as contact',
        [JSON.stringify([peppered])],
      );
      const isStale = found !== undefined && found.newest > peppered.macs.length;
      return isStale ? 'stale-pepper' : { contact: found?.contact ?? undefined };
    });
    return contact;
  }

  addIndexEntries(contact: string, entries: readonly BlindIndexEntry[]) {
    return this.withNewestKeys(() => this.writer.submit('addIndexEntries', contact, this.underEach(entries)));
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

  erase(contact: string, { under = contact, keepOptOut = false }: Erasing = {}) {
    return this.writer.submit('erase', contact, { under, keepOptOut });
  }

  async members(contact: string): Promise<readonly string[]> {
    const [row] = await this.read<{ members: readonly string[] }>('select members_of($1) as members', [contact]);
    return row?.members ?? [contact];
  }

  async fencedUpTo(): Promise<string | undefined> {
    const [row] = await this.read<{ position: string }>('select position from fenced_up_to', []);
    return row?.position;
  }

  async setFencedUpTo(position: string): Promise<void> {
    await this.writer.submit('setFencedUpTo', position);
  }

  async unfinishedErasures(): Promise<readonly UnfinishedErasure[]> {
    return erasuresOf(
      await this.read<FenceRow>(
        'select erasure, contact, epoch from fence where not finished order by erasure, contact',
        [],
      ),
    );
  }

  async finishErasure(contact: string): Promise<void> {
    await this.writer.submit('finishErasure', contact);
  }

  async rewrap(most: number): Promise<number> {
    const { ring, random } = this.options;
    await this.admit();
    const rows = await this.read<WrappedKey & { contact: string }>(
      `select contact, version, epoch, wrapped from data_key where epoch >= $1 and epoch < $2
       order by contact, version limit $3`,
      [ring.epochs[0].epoch, newestEpoch(ring).epoch, most],
    );
    const renewed = rows.map(({ contact, ...row }) => {
      return { contact, old: row.wrapped, renewed: wrapAnew(contact, row, ring, random) };
    });
    if (renewed.length > 0) await this.writer.submit('rewrap', renewed);
    return renewed.length;
  }

  async layPepper(most: number): Promise<number> {
    const { ring } = this.options;
    // Once, not at each batch: it looks at every wrapped key.
    if ((await this.knownPepper()) !== newestPepper(ring).version) await this.admit();
    const { peppers } = ring;
    const rows = await this.rowsBefore(newestPepper({ peppers }).version, most);
    if (rows.length > 0) await this.writer.submit('layPepper', repeppered(rows, { peppers }));
    return rows.length;
  }

  async isUnderNewestPepper(): Promise<boolean> {
    const { version } = newestPepper(this.options.ring);
    return (await this.knownPepper()) === version && (await this.rowsBefore(version, 1)).length === 0;
  }

  /** One after the other here, too: who waits for the lock holds a connection, and the work itself needs some. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.inTurn.then(() => this.locked(work));
    this.inTurn = done.catch(() => undefined);
    return done;
  }

  private async locked<Result>(work: () => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw new KeyStoreFault(`the key store answers ${codeOf(error)}`);
    });
    let broken = true;
    try {
      await client.query(`select pg_advisory_lock(${WORK})`).catch((error: unknown) => {
        throw new KeyStoreFault(`another process is at it: the key store answers ${codeOf(error)}`);
      });
      const result = await work();
      await client.query(`select pg_advisory_unlock(${WORK})`);
      broken = false;
      return result;
    } finally {
      // The session's end frees the lock, whatever happened in it.
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.writer.close();
    if (!this.pool.ended) await this.pool.end();
  }

  private admit(): Promise<void> {
    return admitKeyRing(this.options.ring, (marks) => this.writer.submit('admitKeyRing', marks));
  }

  private withNewestKeys<Answer>(ask: () => Promise<Answer | Stale>): Promise<Answer> {
    return withNewestKeys(this.options.ring, () => this.admit(), ask);
  }

  private underEach(entries: readonly BlindIndexEntry[]) {
    return entries.map((entry) => underEach(entry, this.options.ring));
  }

  private async knownPepper(): Promise<number | undefined> {
    const [known] = await this.read<{ newest: number }>('select newest_pepper() as newest', []);
    return known?.newest;
  }

  /** In one statement, since an erasing between two would hide a row that it moves to the opt-outs. */
  private rowsBefore(version: number, most: number) {
    const before = (table: PepperedTable) =>
      `(select '${table}' as "table", kind, pepper_version as "pepperVersion", mac from ${table}
        where kind = any($1) and pepper_version < $2 limit $3)`;
    return this.read<PepperedRow & { readonly table: PepperedTable }>(
      `${before('index_entry')} union all ${before('opt_out')} limit $3`,
      [ADDRESS_KINDS, version, most],
    );
  }

  /** A connection of the pool may have died since it was last used: a read is then asked once more. */
  private async read<Row>(
    statement: string,
    values: readonly (string | number | null | readonly string[])[],
  ): Promise<readonly Row[]> {
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
