import Database from 'better-sqlite3';
import type { BlindIndexEntry } from './blind-index.js';
import type { DataKey } from './envelope.js';
import { keyMarks, type KeyRing } from './key-ring.js';
import { KeyStoreFault, type ContactReservation, type KeyStore, type ReservedContact } from './key-store.js';
import { mintKey, unwrap, type WrappedKey } from './key-wrapping.js';
import type { RandomBytes } from './random-bytes.js';
import { SqliteKeyWriter } from './sqlite-key-writer.js';

/**
 * The key store in a SQLite file of its own, apart from the events'. Writes go in groups through a thread; reads stay
 * on this one, since each is a look into a warm page. Keys are wrapped and unwrapped here: neither the writing thread
 * nor the file ever has one in the clear.
 */
export class SqliteKeyStore implements KeyStore {
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
        throw new KeyStoreFault('the key store was written under another key file');
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
    if (reserved === 'erased') return reserved;
    const { took, ...contact } = reserved;
    return took === true ? { ...contact, key } : contact;
  }

  async keyFor(contact: string, version?: number): Promise<DataKey | 'erased' | 'unknown'> {
    return faultless(() => {
      // The fence first: a restored backup may still hold the key of an erased contact.
      if (this.reads.fenced.get(contact) !== undefined) return 'erased';
      const row = this.reads.key.get(contact, version ?? null) as WrappedKey | undefined;
      return row === undefined ? 'unknown' : unwrap(contact, row, this.ring);
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

  async erase(contact: string) {
    return this.writer.submit('erase', contact);
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
