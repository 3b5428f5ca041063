import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

function sealWith(key, bytes, aad) {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(aad));
  return Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function openWith(key, sealed, aad) {
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES)).setAAD(Buffer.from(aad));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
}

/** Who is behind an address, found by a blind index, each with a wrapped key of their own in PostgreSQL. */
export class Contacts {
  #pepper = randomBytes(32);
  #wrapping = randomBytes(32);

  constructor(pool) {
    this.pool = pool;
  }

  static async open(connectionString) {
    const pool = new pg.Pool({ connectionString, max: 10 });
    await pool.query('CREATE TABLE contacts (email bytea PRIMARY KEY, contact uuid NOT NULL, key bytea NOT NULL)');
    return new Contacts(pool);
  }

  async of(email) {
    const index = createHmac('sha256', this.#pepper).update(email.trim().toLowerCase()).digest();
    const [contact, key] = [randomUUID(), randomBytes(32)];
    const made = await this.pool.query(
      'INSERT INTO contacts VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING RETURNING contact',
      [index, contact, sealWith(this.#wrapping, key, contact)],
    );
    if (made.rowCount === 1) return { contact, seal: sealer(key) };
    const { rows } = await this.pool.query('SELECT contact, key FROM contacts WHERE email = $1', [index]);
    const [known] = rows;
    return { contact: known.contact, seal: sealer(openWith(this.#wrapping, known.key, known.contact)) };
  }

  close() {
    return this.pool.end();
  }
}

const sealer = (key) => (details, lead) =>
  sealWith(key, Buffer.from(JSON.stringify(details)), lead).toString('base64url');

export const evolveContact = (state, { type }) => (type === 'ContactRegistered' ? { registered: true } : state);

export const register = ({ lead, metadata }, state) =>
  state.registered ? [] : { type: 'ContactRegistered', data: { lead }, metadata };
