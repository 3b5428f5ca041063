import type { PoolClient } from '../postgres/postgres-pool.js';
import { KeyStoreFault } from './key-store.js';

const VERSION = 3;
/** Has the same tables, and operations that know one pepper only. */
const BEFORE_PEPPERS = 2;
/** One at a time makes or writes these tables, of all processes: see `run_operations`. */
const LOCK = 'pg_advisory_xact_lock(4354670, hashtext(current_schema()))';

/** The same tables as in SQLite: `sqlite-key-schema.mjs` says what stands in them. */
const TABLES = `
  CREATE TABLE contact (id text COLLATE "C" PRIMARY KEY, survivor text COLLATE "C");
  CREATE INDEX contact_by_survivor ON contact (survivor) WHERE survivor IS NOT NULL;
  CREATE TABLE data_key (
    contact text COLLATE "C" NOT NULL, version integer NOT NULL, epoch integer NOT NULL, wrapped text NOT NULL,
    PRIMARY KEY (contact, version)
  );
  CREATE TABLE index_entry (
    kind text COLLATE "C" NOT NULL, pepper_version integer NOT NULL, mac text COLLATE "C" NOT NULL,
    contact text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, pepper_version, mac)
  );
  CREATE INDEX index_entry_by_contact ON index_entry (contact);
  CREATE TABLE contact_lead (lead text COLLATE "C" PRIMARY KEY, contact text COLLATE "C" NOT NULL);
  CREATE INDEX contact_lead_by_contact ON contact_lead (contact);
  CREATE TABLE fence (
    contact text COLLATE "C" PRIMARY KEY, erasure text COLLATE "C" NOT NULL, epoch integer NOT NULL,
    finished boolean NOT NULL DEFAULT false
  );
  CREATE INDEX fence_by_erasure ON fence (erasure) WHERE NOT finished;
  CREATE TABLE opt_out (
    kind text COLLATE "C" NOT NULL, pepper_version integer NOT NULL, mac text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, pepper_version, mac)
  );
  CREATE TABLE fenced_up_to (one integer PRIMARY KEY CHECK (one = 1), position text NOT NULL);
  CREATE TABLE key_mark (name text COLLATE "C" PRIMARY KEY, mark text NOT NULL);
  CREATE TABLE key_store_version (version integer NOT NULL);
  INSERT INTO key_store_version VALUES (${VERSION});
`;

/**
 * The writing operations, as `sqlite-key-operations.mjs` has them: in the server, since each looks several times before
 * it writes, and a group of them is then one way there and back.
 */
const OPERATIONS = `
  CREATE OR REPLACE FUNCTION survivor_of(the_contact text) RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT coalesce(survivor, id) FROM contact WHERE id = the_contact $$;

  -- 'erased', 'unknown', or null for a contact that stands
  CREATE OR REPLACE FUNCTION verdict_on(the_contact text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM fence WHERE contact = the_contact) THEN 'erased'
                WHEN NOT EXISTS (SELECT FROM contact WHERE id = the_contact) THEN 'unknown' END
  $$;

  CREATE OR REPLACE FUNCTION newest_epoch() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(substr(name, 7)::integer), 0) FROM key_mark WHERE name LIKE 'epoch-%'
  $$;

  CREATE OR REPLACE FUNCTION newest_pepper() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(substr(name, 8)::integer), 0) FROM key_mark WHERE name LIKE 'pepper-%'
  $$;

  -- whether some entry does not go through the newest pepper; an error for one of before there were several
  CREATE OR REPLACE FUNCTION is_stale(entries jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(bool_or(jsonb_array_length(coalesce(entry->'macs', 'null')) <> newest_pepper()), false)
    FROM jsonb_array_elements(entries) AS given(entry)
  $$;

  -- who has the entries, e-mail first, each owner once. Rows are moved from one pepper to the next while this goes on:
  -- an address stands under one of them. Looked up one by one, since a join would be planned for many.
  CREATE OR REPLACE FUNCTION owners_of(entries jsonb) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(owner ORDER BY first), '{}') FROM (
      SELECT owner, min(place) AS first FROM (
        SELECT (SELECT i.contact FROM index_entry i
                WHERE i.kind = entry->>'kind' AND i.pepper_version = version::integer AND i.mac = under) AS owner,
          place + CASE entry->>'kind' WHEN 'email' THEN 0 ELSE 1000 END AS place
        FROM jsonb_array_elements(entries) WITH ORDINALITY AS given(entry, place),
          jsonb_array_elements_text(entry->'macs') WITH ORDINALITY AS peppered(under, version)
      ) AS looked_up WHERE owner IS NOT NULL GROUP BY owner
    ) AS owned
  $$;

  CREATE OR REPLACE FUNCTION is_opted_out(entries jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(bool_or((SELECT true FROM opt_out o WHERE o.kind = entry->>'kind'
                             AND o.pepper_version = version::integer AND o.mac = under)), false)
    FROM jsonb_array_elements(entries) AS given(entry),
      jsonb_array_elements_text(entry->'macs') WITH ORDINALITY AS peppered(under, version)
  $$;

  -- gives every entry that nobody has to a contact, under the newest pepper
  CREATE OR REPLACE FUNCTION claim(the_contact text, entries jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO index_entry
    SELECT entry->>'kind', jsonb_array_length(entry->'macs'), entry->'macs'->>-1, the_contact
    FROM jsonb_array_elements(entries) AS given(entry)
    WHERE owners_of(jsonb_build_array(entry)) = '{}'
    ON CONFLICT DO NOTHING
  $$;

  CREATE OR REPLACE FUNCTION admit_key_ring(marks jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO key_mark SELECT given->>'name', given->>'mark' FROM jsonb_array_elements(marks) AS m(given)
    ON CONFLICT DO NOTHING;
    IF EXISTS (SELECT FROM jsonb_array_elements(marks) AS m(given) JOIN key_mark k ON k.name = given->>'name'
               WHERE k.mark <> given->>'mark')
      OR EXISTS (SELECT FROM data_key d
                 WHERE NOT EXISTS (SELECT FROM key_mark k WHERE k.name = 'epoch-' || d.epoch)) THEN
      RETURN '"foreign"';
    END IF;
    IF NOT EXISTS (SELECT FROM jsonb_array_elements(marks) AS m(given)
                   WHERE given->>'name' = 'pepper-' || newest_pepper()) THEN
      RETURN '"behind"';
    END IF;
    RETURN '"own"';
  END $$;

  CREATE OR REPLACE FUNCTION reserve_contact(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    fresh text := asked->>'newContact';
    owners text[] := owners_of(asked->'candidates');
    found text;
  BEGIN
    IF EXISTS (SELECT FROM fence WHERE contact = fresh) THEN RETURN '"erased"'; END IF;
    IF is_stale(asked->'candidates') THEN RETURN '"stale-pepper"'; END IF;
    found := coalesce(survivor_of(fresh), owners[1]);
    IF found IS NULL THEN
      IF (asked->'newKey'->>'epoch')::integer <> newest_epoch() THEN RETURN '"stale-epoch"'; END IF;
      found := fresh;
      INSERT INTO contact VALUES (found, NULL);
      INSERT INTO data_key VALUES (found, (asked->'newKey'->>'version')::integer,
        (asked->'newKey'->>'epoch')::integer, asked->'newKey'->>'wrapped');
      PERFORM claim(found, asked->'candidates');
      -- the lead may have been to be that of somebody who was erased meanwhile
      INSERT INTO contact_lead VALUES (asked->>'leadId', found)
      ON CONFLICT (lead) DO UPDATE SET contact = excluded.contact;
    END IF;
    RETURN jsonb_build_object('contact', found, 'minted', found = fresh,
      'leadIds', (SELECT coalesce(jsonb_agg(lead), '[]') FROM contact_lead
                  WHERE contact = found AND lead <> asked->>'leadId'),
      'others', to_jsonb(array_remove(owners, found)),
      'optedOut', is_opted_out(asked->'candidates'));
  END $$;

  CREATE OR REPLACE FUNCTION add_index_entries(the_contact text, entries jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    verdict text := verdict_on(the_contact);
    owners text[] := owners_of(entries);
  BEGIN
    IF is_stale(entries) THEN RETURN '"stale-pepper"'; END IF;
    IF verdict IS NOT NULL THEN RETURN to_jsonb(verdict); END IF;
    PERFORM claim(survivor_of(the_contact), entries);
    RETURN jsonb_build_object('others', to_jsonb(array_remove(owners, survivor_of(the_contact))));
  END $$;

  CREATE OR REPLACE FUNCTION link_lead(the_contact text, the_lead text) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    verdict text := verdict_on(the_contact);
    kept text := survivor_of(the_contact);
  BEGIN
    IF verdict IS NOT NULL THEN RETURN to_jsonb(verdict); END IF;
    INSERT INTO contact_lead VALUES (the_lead, kept) ON CONFLICT DO NOTHING;
    IF EXISTS (SELECT FROM contact_lead WHERE lead = the_lead AND contact = kept) THEN RETURN '"linked"'; END IF;
    RETURN '"other-contact"';
  END $$;

  CREATE OR REPLACE FUNCTION merge_contacts(gone text, kept text) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    verdicts text[] := ARRAY[verdict_on(gone), verdict_on(kept)];
    loser text := survivor_of(gone);
    winner text := survivor_of(kept);
  BEGIN
    IF 'erased' = ANY (verdicts) THEN RETURN '"erased"'; END IF;
    IF 'unknown' = ANY (verdicts) THEN RETURN '"unknown"'; END IF;
    IF loser <> winner THEN
      UPDATE contact SET survivor = winner WHERE id = loser OR survivor = loser;
      UPDATE index_entry SET contact = winner WHERE contact = loser;
      UPDATE contact_lead SET contact = winner WHERE contact = loser;
    END IF;
    RETURN '"merged"';
  END $$;

  CREATE OR REPLACE FUNCTION members_of(the_contact text) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY[kept] || ARRAY(SELECT id FROM contact WHERE survivor = kept ORDER BY id)
    FROM (SELECT coalesce(survivor_of(the_contact), the_contact) AS kept) AS s
  $$;

  CREATE OR REPLACE FUNCTION erase_contact(the_contact text, erasing jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    members text[] := members_of(the_contact);
  BEGIN
    INSERT INTO fence SELECT unnest(members), erasing->>'under', newest_epoch() ON CONFLICT DO NOTHING;
    DELETE FROM data_key WHERE contact = ANY (members);
    IF (erasing->>'keepOptOut')::boolean THEN
      INSERT INTO opt_out SELECT kind, pepper_version, mac FROM index_entry WHERE contact = ANY (members)
      ON CONFLICT DO NOTHING;
    END IF;
    DELETE FROM index_entry WHERE contact = ANY (members);
    RETURN to_jsonb(members);
  END $$;

  CREATE OR REPLACE FUNCTION set_fenced_up_to(reached text) RETURNS jsonb LANGUAGE sql AS $$
    INSERT INTO fenced_up_to VALUES (1, reached) ON CONFLICT (one) DO UPDATE SET position = excluded.position
    RETURNING 'null'::jsonb
  $$;

  CREATE OR REPLACE FUNCTION finish_erasure(the_contact text) RETURNS jsonb LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE fence SET finished = true WHERE erasure = the_contact;
    RETURN 'null';
  END $$;

  -- only where the old wrapping still stands: nothing that was deleted comes back
  CREATE OR REPLACE FUNCTION rewrap(keys jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE data_key d SET epoch = (k->'renewed'->>'epoch')::integer, wrapped = k->'renewed'->>'wrapped'
    FROM jsonb_array_elements(keys) AS given(k)
    WHERE d.contact = k->>'contact' AND d.version = (k->'renewed'->>'version')::integer AND d.wrapped = k->>'old';
    RETURN 'null';
  END $$;

  -- as above; where the address stands there already, that row stays
  CREATE OR REPLACE FUNCTION lay_pepper(rows jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  BEGIN
    WITH gone AS (
      DELETE FROM index_entry i USING jsonb_array_elements(rows) AS given(r)
      WHERE r->>'table' = 'index_entry' AND i.kind = r->>'kind' AND i.pepper_version = (r->>'pepperVersion')::integer
        AND i.mac = r->>'mac'
      RETURNING i.kind, i.contact, r->'renewed' AS renewed
    )
    INSERT INTO index_entry SELECT kind, (renewed->>'pepperVersion')::integer, renewed->>'mac', contact FROM gone
    ON CONFLICT DO NOTHING;
    WITH gone AS (
      DELETE FROM opt_out o USING jsonb_array_elements(rows) AS given(r)
      WHERE r->>'table' = 'opt_out' AND o.kind = r->>'kind' AND o.pepper_version = (r->>'pepperVersion')::integer
        AND o.mac = r->>'mac'
      RETURNING o.kind, r->'renewed' AS renewed
    )
    INSERT INTO opt_out SELECT kind, (renewed->>'pepperVersion')::integer, renewed->>'mac' FROM gone
    ON CONFLICT DO NOTHING;
    RETURN 'null';
  END $$;

  -- a group of operations, one after another and beside no other group
  CREATE OR REPLACE FUNCTION run_operations(calls jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    call jsonb;
    args jsonb;
    answers jsonb := '[]';
  BEGIN
    PERFORM ${LOCK};
    FOR call IN SELECT jsonb_array_elements(calls) LOOP
      args := call->'args';
      answers := answers || jsonb_build_array(CASE call->>'name'
        WHEN 'admitKeyRing' THEN admit_key_ring(args->0)
        WHEN 'reserveContact' THEN reserve_contact(args->0)
        WHEN 'addIndexEntries' THEN add_index_entries(args->>0, args->1)
        WHEN 'linkLead' THEN link_lead(args->>0, args->>1)
        WHEN 'mergeContacts' THEN merge_contacts(args->>0, args->>1)
        WHEN 'erase' THEN erase_contact(args->>0, args->1)
        WHEN 'setFencedUpTo' THEN set_fenced_up_to(args->>0)
        WHEN 'finishErasure' THEN finish_erasure(args->>0)
        WHEN 'rewrap' THEN rewrap(args->0)
        WHEN 'layPepper' THEN lay_pepper(args->0)
        WHEN 'overwriteDeleted' THEN 'null'
      END);
    END LOOP;
    RETURN answers;
  END $$;
`;

/**
 * Makes the tables and operations in an empty schema.
 *
 * @throws KeyStoreFault for a schema of another program or of a newer Baton, which is left alone
 */
export async function prepareKeySchema(client: PoolClient): Promise<void> {
  await client.query('begin');
  await client.query(`select ${LOCK}`);
  const { rows } = await client.query<{ tables: number; ours: boolean }>(
    `select count(*) as tables, coalesce(bool_or(relname = 'key_store_version'), false) as ours from pg_class
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm')`,
  );
  const [found] = rows;
  if (found?.tables === 0) await client.query(TABLES + OPERATIONS);
  else if (!found?.ours) throw new KeyStoreFault('the schema is no key store: it belongs to another program');
  const version = await client.query<{ version: number }>('select version from key_store_version');
  const standing = version.rows[0]?.version;
  // A process of before that still runs is refused by them from now on, rather than to miss what stands under another pepper.
  if (standing === BEFORE_PEPPERS)
    await client.query(`${OPERATIONS}; UPDATE key_store_version SET version = ${VERSION}`);
  else if (standing !== VERSION) throw new KeyStoreFault('the key store answers KEY_STORE_VERSION');
  await client.query('commit');
}
