import Database from 'better-sqlite3';
import type { BlindIndexEntry } from './blind-index.js';
import type { DataKey } from './envelope.js';
import { isDestroyed, keyMarks, newestEpoch, type KeyRing } from './key-ring.js';
import {
  KeyStoreFault,
  type ContactReservation,
  type Erasing,
  type KeyStore,
  type ReservedContact,
  type UnfinishedErasure,
} from './key-store.js';
import { mintKey, unwrap, wrapAnew, type WrappedKey } from './key-wrapping.js';
import type { RandomBytes } from './random-bytes.js';
import { erasuresOf, type FenceRow } from './fence-rows.js';
import { SqliteKeyWriter } from './sqlite-key-writer.js';

const FOREIGN = 'the key store was written under another key file';

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
   * @throws KeyStoreFault when it cannot be opened, or was written under another key file: with foreign keys nothing
   * in it would open, and new rows would mix two installations
   */
  static async open(file: string, ring: KeyRing, random: RandomBytes): Promise<SqliteKeyStore> {
    const writer = await SqliteKeyWriter.open(file);
    try {
      if ((await writer.submit('admitKeyRing', keyMarks(ring))) === 'foreign') {
        throw new KeyStoreFault(FOREIGN);
      }
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
    const { wrapped, key } = mintKey(reservation.newContact, 1, this.ring, this.random);
    const reserved = await this.writer.submit('reserveContact', { ...reservation, newKey: wrapped });
    // Only this process has the file and its keys: what is newest to the one is newest to the other.
    if (reserved === 'stale-epoch') throw new KeyStoreFault('the key file is behind the key store');
    if (reserved === 'erased') return reserved;
    const { took, ...contact } = reserved;
    return took === true ? { ...contact, key } : contact;
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

  async lookup({ kind, pepperVersion, mac }: BlindIndexEntry): Promise<string | undefined> {
    return faultless(() => this.reads.owner.get(kind, pepperVersion, mac) as string | undefined);
  }

  async addIndexEntries(contact: string, entries: readonly BlindIndexEntry[]) {
    return this.writer.submit('addIndexEntries', contact, entries);
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
    if ((await this.writer.submit('admitKeyRing', keyMarks(this.ring))) === 'foreign') throw new KeyStoreFault(FOREIGN);
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
}

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
  owner: reader.prepare('SELECT contact FROM index_entry WHERE kind = ? AND pepper_version = ? AND mac = ?').pluck(),
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
