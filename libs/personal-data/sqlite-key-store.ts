import Database from 'better-sqlite3';
import { ADDRESS_KINDS, underEach, type BlindIndexEntry, type PepperedRow } from './blind-index.js';
import type { DataKey } from './envelope.js';
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
import type { RandomBytes } from './random-bytes.js';
import { erasuresOf, type FenceRow } from './fence-rows.js';
import { newestMarked } from './sqlite-key-schema.mjs';
import { SqliteKeyWriter } from './sqlite-key-writer.js';

/**
 * The key store in a SQLite file of its own, apart from the events'. Writes go in groups through a thread; reads stay
 * on this one, since each is a look into a warm page. Keys are wrapped and unwrapped here: neither the writing thread
 * nor the file ever has one in the clear.
 */
export class SqliteKeyStore implements KeyStore {
  private inTurn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly writer: SqliteKeyWriter,
    private readonly reader: Database.Database,
    private readonly ring: KeyRing,
    private readonly random: RandomBytes,
    private readonly reads = preparedReads(reader),
  ) {}

  /**
   * Opens the file, or makes it.
   *
   * @throws KeyStoreFault when it cannot be opened, or was written under another key file (nothing in it would open, and
   * new rows would mix two installations) or a newer one
   */
  static async open(file: string, ring: KeyRing, random: RandomBytes): Promise<SqliteKeyStore> {
    const writer = await SqliteKeyWriter.open(file);
    try {
      await admitKeyRing(ring, (marks) => writer.submit('admitKeyRing', marks));
      return new SqliteKeyStore(
        writer,
        faultless(() => new Database(file, { readonly: true })),
        ring,
        random,
      );
    } catch (fault) {
      await writer.close();
      throw fault;
    }
  }

  /** Commits so far, each one sync: what the group commit saves, for the metrics. */
  get commits(): number {
    return this.writer.groups;
  }

  async reserveContact(reservation: ContactReservation): Promise<ReservedContact | 'erased'> {
    return this.withNewestKeys(async () => {
      const { wrapped, key } = mintKey(reservation.newContact, 1, this.ring, this.random);
      const candidates = this.underEach(reservation.candidates);
      const reserved = await this.writer.submit('reserveContact', { ...reservation, candidates, newKey: wrapped });
      if (typeof reserved === 'string') return reserved;
      const { took, ...contact } = reserved;
      return took === true ? { ...contact, key } : contact;
    });
  }

  async keyFor(contact: string, version?: number): Promise<DataKey | 'erased' | 'unknown'> {
    return faultless(() => {
      // The fence first: a restored backup may still hold the key of an erased contact.
      if (this.reads.fenced.get(contact) !== undefined) return 'erased';
      const row = this.reads.key.get(contact, version ?? null) as WrappedKey | undefined;
      if (row === undefined || isDestroyed(row.epoch, this.ring)) return 'unknown';
      return unwrap(contact, row, this.ring);
    });
  }

  async lookup(entry: BlindIndexEntry): Promise<string | undefined> {
    const { contact } = await this.withNewestKeys(async () => {
      const { kind, macs } = underEach(entry, this.ring);
      // One statement: a row that is being moved stands in it once.
      const found = faultless(() => this.reads.owner.get({ macs: JSON.stringify(macs), kind }) as FoundOwner);
      return found.newest > macs.length ? 'stale-pepper' : { contact: found.contact ?? undefined };
    });
    return contact;
  }

  async addIndexEntries(contact: string, entries: readonly BlindIndexEntry[]) {
    return this.withNewestKeys(() => this.writer.submit('addIndexEntries', contact, this.underEach(entries)));
  }

  async linkLead(contact: string, leadId: string) {
    return this.writer.submit('linkLead', contact, leadId);
  }

  async contactLeads(contact: string): Promise<readonly string[]> {
    return faultless(() => this.reads.leads.all({ contact }) as string[]);
  }

  async mergeContacts(from: string, into: string) {
    return this.writer.submit('mergeContacts', from, into);
  }

  async erase(contact: string, { under = contact, keepOptOut = false }: Erasing = {}) {
    return this.writer.submit('erase', contact, { under, keepOptOut });
  }

  async members(contact: string): Promise<readonly string[]> {
    return faultless(() => {
      const survivor = (this.reads.survivor.get(contact) as string | undefined) ?? contact;
      return [survivor, ...(this.reads.merged.all(survivor) as string[])];
    });
  }

  async fencedUpTo(): Promise<string | undefined> {
    return faultless(() => this.reads.fencedUpTo.get() as string | undefined);
  }

  async setFencedUpTo(position: string): Promise<void> {
    await this.writer.submit('setFencedUpTo', position);
  }

  async unfinishedErasures(): Promise<readonly UnfinishedErasure[]> {
    return faultless(() => erasuresOf(this.reads.unfinished.all() as FenceRow[]));
  }

  async finishErasure(contact: string): Promise<void> {
    await this.writer.submit('finishErasure', contact);
  }

  async rewrap(most: number): Promise<number> {
    const { epoch } = newestEpoch(this.ring);
    await this.admit();
    const rows = faultless(
      () =>
        this.reads.wrappedBefore.all(this.ring.epochs[0].epoch, epoch, most) as (WrappedKey & { contact: string })[],
    );
    const renewed = rows.map(({ contact, ...row }) => {
      return { contact, old: row.wrapped, renewed: wrapAnew(contact, row, this.ring, this.random) };
    });
    if (renewed.length > 0) await this.writer.submit('rewrap', renewed);
    return renewed.length;
  }

  async layPepper(most: number): Promise<number> {
    // Once, not at each batch: it looks at every wrapped key.
    if (this.knownPepper() !== newestPepper(this.ring).version) await this.admit();
    const { peppers } = this.ring;
    const rows = this.rowsBefore(newestPepper({ peppers }).version, most);
    if (rows.length > 0) await this.writer.submit('layPepper', repeppered(rows, { peppers }));
    else await this.writer.submit('overwriteDeleted');
    return rows.length;
  }

  async isUnderNewestPepper(): Promise<boolean> {
    const { version } = newestPepper(this.ring);
    return this.knownPepper() === version && this.rowsBefore(version, 1).length === 0;
  }

  /** The file is this process's alone. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.inTurn.then(work);
    this.inTurn = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    this.reader.close();
    await this.writer.close();
  }

  private admit(): Promise<void> {
    return admitKeyRing(this.ring, (marks) => this.writer.submit('admitKeyRing', marks));
  }

  private withNewestKeys<Answer>(ask: () => Promise<Answer | Stale>): Promise<Answer> {
    return withNewestKeys(this.ring, () => this.admit(), ask);
  }

  private underEach(entries: readonly BlindIndexEntry[]) {
    return entries.map((entry) => underEach(entry, this.ring));
  }

  private knownPepper(): number {
    return faultless(() => this.reads.newestPepper.get() as number);
  }

  private rowsBefore(version: number, most: number) {
    const rows = faultless(() => this.reads.pepperedBefore.all({ version, most }));
    return rows as readonly (PepperedRow & { readonly table: PepperedTable })[];
  }
}

/** Who has an address, and the newest pepper that the file knows. */
interface FoundOwner {
  readonly newest: number;
  readonly contact: string | null;
}

const KINDS = ADDRESS_KINDS.map((kind) => `'${kind}'`).join();
const rowsBefore = (table: PepperedTable): string =>
  `SELECT '${table}' AS "table", kind, pepper_version AS pepperVersion, mac FROM ${table}
   WHERE kind IN (${KINDS}) AND pepper_version < :version`;

const preparedReads = (reader: Database.Database) => ({
  fenced: reader.prepare('SELECT 1 FROM fence WHERE contact = ?'),
  key: reader.prepare(
    `SELECT version, epoch, wrapped FROM data_key WHERE contact = ? AND version = coalesce(?, version)
     ORDER BY version DESC LIMIT 1`,
  ),
  survivor: reader.prepare('SELECT coalesce(survivor, id) FROM contact WHERE id = ?').pluck(),
  merged: reader.prepare('SELECT id FROM contact WHERE survivor = ? ORDER BY id').pluck(),
  fencedUpTo: reader.prepare('SELECT position FROM fenced_up_to').pluck(),
  unfinished: reader.prepare('SELECT erasure, contact, epoch FROM fence WHERE finished = 0 ORDER BY erasure, contact'),
  wrappedBefore: reader.prepare(
    'SELECT contact, version, epoch, wrapped FROM data_key WHERE epoch >= ? AND epoch < ? ORDER BY contact, version LIMIT ?',
  ),
  newestPepper: reader.prepare(newestMarked('pepper')).pluck(),
  owner: reader.prepare(
    `SELECT (${newestMarked('pepper')}) AS newest,
            (SELECT stands.contact FROM json_each(:macs) AS under CROSS JOIN index_entry AS stands
             ON stands.kind = :kind AND stands.pepper_version = under.key + 1 AND stands.mac = under.value) AS contact`,
  ),
  // The index before the opt-outs, in one statement: an erasing between two would hide a row that it moves.
  pepperedBefore: reader.prepare(`${rowsBefore('index_entry')} UNION ALL ${rowsBefore('opt_out')} LIMIT :most`),
  leads: reader
    .prepare(
      `SELECT lead FROM contact_lead
       WHERE contact = coalesce((SELECT survivor FROM contact WHERE id = :contact), :contact)`,
    )
    .pluck(),
});

/** A driver's error becomes a fault with its code only: its message may quote what was asked. */
function faultless<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof KeyStoreFault) throw error;
    const code = error instanceof Database.SqliteError ? error.code : 'NOT_OPEN';
    throw new KeyStoreFault(`the key store answers ${code}`);
  }
}
