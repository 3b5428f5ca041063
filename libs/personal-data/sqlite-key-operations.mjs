import { newestMarked } from './sqlite-key-schema.mjs';

/**
 * @import { Database } from 'better-sqlite3'
 * @import { PepperedEntry } from './blind-index.js'
 * @import { KeyOperations } from './key-operations.js'
 */

/**
 * The writing operations over one connection.
 *
 * @param {Database} database
 * @returns {KeyOperations}
 */
export function keyOperations(database) {
  /** @param {string} sql */
  const column = (sql) => database.prepare(sql).pluck();
  const fenced = column('SELECT 1 FROM fence WHERE contact = ?');
  const survivor = column('SELECT coalesce(survivor, id) FROM contact WHERE id = ?');
  const group = column('SELECT :survivor UNION ALL SELECT id FROM contact WHERE survivor = :survivor');
  // Rows are moved from one pepper to the next while this goes on: an address stands under one of them.
  const underAny = (/** @type {string} */ answer, /** @type {string} */ table) =>
    column(`SELECT ${answer} FROM json_each(?) AS under CROSS JOIN ${table} AS stands
            ON stands.kind = ? AND stands.pepper_version = under.key + 1 AND stands.mac = under.value`);
  const owner = underAny('stands.contact', 'index_entry');
  const leads = column('SELECT lead FROM contact_lead WHERE contact = ?');
  const leadOwner = column('SELECT contact FROM contact_lead WHERE lead = ?');
  const markOf = column('SELECT mark FROM key_mark WHERE name = ?');
  const strayEpoch = column(
    `SELECT 1 FROM data_key WHERE NOT EXISTS (SELECT 1 FROM key_mark WHERE name = 'epoch-' || epoch) LIMIT 1`,
  );
  const newestEpoch = column(newestMarked('epoch'));
  const newestPepper = column(newestMarked('pepper'));
  const optedOut = underAny('1', 'opt_out');
  const insertMark = database.prepare('INSERT INTO key_mark VALUES (?, ?)');
  const insertContact = database.prepare('INSERT INTO contact VALUES (?, NULL)');
  const insertKey = database.prepare('INSERT INTO data_key VALUES (?, ?, ?, ?)');
  const insertEntry = database.prepare('INSERT INTO index_entry VALUES (?, ?, ?, ?)');
  const insertLead = database.prepare('INSERT INTO contact_lead VALUES (?, ?)');
  // Where the lead was to be that of somebody who was erased meanwhile.
  const insertOwnLead = database.prepare(
    'INSERT INTO contact_lead VALUES (?, ?) ON CONFLICT (lead) DO UPDATE SET contact = excluded.contact',
  );
  const insertFence = database.prepare(
    'INSERT INTO fence (contact, erasure, epoch) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const keepOptOuts = database.prepare(
    `INSERT INTO opt_out SELECT kind, pepper_version, mac FROM index_entry WHERE contact = ? ON CONFLICT DO NOTHING`,
  );
  const finish = database.prepare('UPDATE fence SET finished = 1 WHERE erasure = ?');
  const fencedUpTo = database.prepare(
    'INSERT INTO fenced_up_to VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET position = excluded.position',
  );
  const renew = database.prepare(
    'UPDATE data_key SET epoch = ?, wrapped = ? WHERE contact = ? AND version = ? AND wrapped = ?',
  );
  // Where the address stands there already, that row stays.
  const moves = { index_entry: movesIn('index_entry'), opt_out: movesIn('opt_out') };
  const deleteKeys = database.prepare('DELETE FROM data_key WHERE contact = ?');
  const deleteEntries = database.prepare('DELETE FROM index_entry WHERE contact = ?');
  const moveContacts = database.prepare('UPDATE contact SET survivor = :kept WHERE id = :gone OR survivor = :gone');
  const moveEntries = database.prepare('UPDATE index_entry SET contact = :kept WHERE contact = :gone');
  const moveLeads = database.prepare('UPDATE contact_lead SET contact = :kept WHERE contact = :gone');

  const survivorOf = (/** @type {string} */ contact) => /** @type {string | undefined} */ (survivor.get(contact));
  const ownerOf = (/** @type {PepperedEntry} */ { kind, macs }) =>
    /** @type {string | undefined} */ (owner.get(JSON.stringify(macs), kind));
  const isStale = (/** @type {readonly PepperedEntry[]} */ entries) =>
    entries.some(({ macs }) => macs.length !== newestPepper.get());

  /** @param {string} table */
  function movesIn(table) {
    return {
      move: database.prepare(
        `UPDATE OR IGNORE ${table} SET pepper_version = ?, mac = ? WHERE kind = ? AND pepper_version = ? AND mac = ?`,
      ),
      drop: database.prepare(`DELETE FROM ${table} WHERE kind = ? AND pepper_version = ? AND mac = ?`),
    };
  }

  /**
   * Gives every entry that nobody has to a contact, and answers who has the others.
   *
   * @param {string} contact
   * @param {readonly PepperedEntry[]} entries
   */
  function claim(contact, entries) {
    const owners = entries.flatMap((entry) => {
      const before = ownerOf(entry);
      if (before === undefined) insertEntry.run(entry.kind, entry.macs.length, entry.macs.at(-1), contact);
      return before ?? [];
    });
    return distinct(owners, contact);
  }

  /**
   * @param {string} contact
   * @returns {'erased' | 'unknown' | { survivor: string }}
   */
  function standing(contact) {
    if (fenced.get(contact)) return 'erased';
    const found = survivorOf(contact);
    return found === undefined ? 'unknown' : { survivor: found };
  }

  return {
    admitKeyRing(marks) {
      for (const { name, mark } of marks) {
        const known = markOf.get(name);
        if (known === undefined) insertMark.run(name, mark);
        else if (known !== mark) return 'foreign';
      }
      if (strayEpoch.get() !== undefined) return 'foreign';
      return marks.some(({ name }) => name === `pepper-${String(newestPepper.get())}`) ? 'own' : 'behind';
    },

    reserveContact({ candidates, newContact, leadId, newKey }) {
      if (fenced.get(newContact)) return 'erased';
      if (isStale(candidates)) return 'stale-pepper';
      const owners = emailFirst(candidates).flatMap((entry) => ownerOf(entry) ?? []);
      const known = survivorOf(newContact) ?? owners[0];
      const contact = known ?? newContact;
      if (known === undefined) {
        if (newKey.epoch !== newestEpoch.get()) return 'stale-epoch';
        insertContact.run(contact);
        insertKey.run(contact, newKey.version, newKey.epoch, newKey.wrapped);
        claim(contact, candidates);
        insertOwnLead.run(leadId, contact);
      }
      return {
        contact,
        minted: contact === newContact,
        took: known === undefined,
        leadIds: /** @type {string[]} */ (leads.all(contact)).filter((lead) => lead !== leadId),
        others: distinct(owners, contact),
        optedOut: candidates.some(({ kind, macs }) => optedOut.get(JSON.stringify(macs), kind)),
      };
    },

    addIndexEntries(contact, entries) {
      if (isStale(entries)) return 'stale-pepper';
      const found = standing(contact);
      return typeof found === 'string' ? found : { others: claim(found.survivor, entries) };
    },

    linkLead(contact, leadId) {
      const found = standing(contact);
      if (typeof found === 'string') return found;
      const before = leadOwner.get(leadId);
      if (before === undefined) insertLead.run(leadId, found.survivor);
      return (before ?? found.survivor) === found.survivor ? 'linked' : 'other-contact';
    },

    mergeContacts(from, into) {
      const [gone, kept] = [standing(from), standing(into)];
      if (gone === 'erased' || kept === 'erased') return 'erased';
      if (gone === 'unknown' || kept === 'unknown') return 'unknown';
      if (gone.survivor === kept.survivor) return 'merged';
      const move = { gone: gone.survivor, kept: kept.survivor };
      for (const owned of [moveContacts, moveEntries, moveLeads]) owned.run(move);
      return 'merged';
    },

    erase(contact, { under, keepOptOut }) {
      const members = /** @type {string[]} */ (group.all({ survivor: survivorOf(contact) ?? contact }));
      for (const member of members) {
        insertFence.run(member, under, newestEpoch.get());
        deleteKeys.run(member);
        if (keepOptOut) keepOptOuts.run(member);
        deleteEntries.run(member);
      }
      return members;
    },

    setFencedUpTo(position) {
      fencedUpTo.run(position);
      return null;
    },

    finishErasure(contact) {
      finish.run(contact);
      return null;
    },

    rewrap(keys) {
      for (const { contact, old, renewed } of keys) {
        renew.run(renewed.epoch, renewed.wrapped, contact, renewed.version, old);
      }
      return null;
    },

    layPepper(rows) {
      for (const { table, kind, pepperVersion, mac, renewed } of rows) {
        const { move, drop } = moves[table];
        move.run(renewed.pepperVersion, renewed.mac, kind, pepperVersion, mac);
        drop.run(kind, pepperVersion, mac);
      }
      return null;
    },

    overwriteDeleted: () => null,
  };
}

/** @param {readonly PepperedEntry[]} entries */
const emailFirst = (entries) => [...entries].sort((a, b) => Number(a.kind !== 'email') - Number(b.kind !== 'email'));

/**
 * @param {readonly string[]} owners
 * @param {string} but
 */
const distinct = (owners, but) => [...new Set(owners)].filter((owner) => owner !== but);
