import { calculateJwkThumbprint, exportJWK, importPKCS8, type JSONWebKeySet, SignJWT } from 'jose';
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, linkSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../decider/clock.js';
import { TOKEN_ROLES, type TokenRole } from '../decider/decision.js';
import { SUBJECT_PATTERN } from './subject.js';
import type { IssuerSettings } from './token-verifier.js';

const ISSUER = 'urn:baton:dev';
const AUDIENCE = 'urn:baton';
export const LONGEST_DEV_TOKEN_SECONDS = 12 * 60 * 60;

/** Where a data directory has its development key. */
export const devKeyFile = (dataDir: string): string => join(dataDir, 'dev-key.pem');

export interface DevTokenRequest {
  readonly subject: string;
  readonly roles: readonly TokenRole[];
  /** seconds, 1 to 43,200 */
  readonly lifetimeSeconds: number;
  /** the scope of idempotency keys; default the subject */
  readonly client?: string;
}

/** Issues tokens for this machine with a key of its own, for trying Baton without an identity provider. */
export class DevTokenIssuer {
  private constructor(
    private readonly privateKeyPem: string,
    private readonly keyId: string,
    private readonly publicKeys: JSONWebKeySet,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads the key file, or makes it with mode 0600 (PKCS #8 PEM, Ed25519).
   *
   * @throws DevKeyRefused when others may read the file or it is no Ed25519 key
   */
  static async open(keyFile: string, clock: Clock): Promise<DevTokenIssuer> {
    const pem = readKey(keyFile) ?? makeKey(keyFile);
    const key = parseKey(pem);
    const publicJwk = await exportJWK(createPublicKey(key));
    const kid = await calculateJwkThumbprint(publicJwk);
    return new DevTokenIssuer(pem, kid, { keys: [{ ...publicJwk, kid, alg: 'EdDSA', use: 'sig' }] }, clock);
  }

  /** What a verifier needs to accept these tokens, and only these. */
  get settings(): IssuerSettings {
    return { how: 'dev', issuer: ISSUER, audience: AUDIENCE, keys: this.publicKeys };
  }

  /**
   * A signed token (compact JWS).
   *
   * @throws RangeError naming the rule that the request breaks
   */
  async issue(request: DevTokenRequest): Promise<string> {
    assertIssuable(request);
    const now = Math.floor(this.clock() / 1000);
    return new SignJWT({ roles: [...request.roles], client_id: request.client ?? request.subject })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: this.keyId })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(request.subject)
      .setIssuedAt(now)
      .setExpirationTime(now + request.lifetimeSeconds)
      .sign(await importPKCS8(this.privateKeyPem, 'EdDSA'));
  }
}

export class DevKeyRefused extends Error {
  override name = 'DevKeyRefused';
}

function assertIssuable({ subject, roles, lifetimeSeconds, client }: DevTokenRequest): void {
  if (!SUBJECT_PATTERN.test(subject)) throw new RangeError('the subject must be 1 to 128 of A-Z a-z 0-9 _ . : | -');
  if (client !== undefined && !SUBJECT_PATTERN.test(client))
    throw new RangeError('the client must look like a subject');
  if (roles.some((role) => !TOKEN_ROLES.includes(role))) throw new RangeError(`roles are ${TOKEN_ROLES.join(', ')}`);
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > LONGEST_DEV_TOKEN_SECONDS) {
    throw new RangeError(`the lifetime must be 1 to ${LONGEST_DEV_TOKEN_SECONDS} seconds`);
  }
}

/** The mode is read from the opened file, so that what was checked is what is read. */
function readKey(keyFile: string): string | undefined {
  let file: number;
  try {
    file = openSync(keyFile, 'r');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
  try {
    const { mode } = fstatSync(file);
    if ((mode & 0o077) !== 0)
      throw new DevKeyRefused('the development key may be read by others; its mode must be 0600');
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Written aside and linked into place: of two processes that start at once, both end up with the same whole key. */
function makeKey(keyFile: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const aside = `${keyFile}.${randomBytes(8).toString('hex')}`;
  writeFileSync(aside, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(aside, keyFile);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
  } finally {
    unlinkSync(aside);
  }
  const written = readKey(keyFile);
  if (written === undefined) throw new DevKeyRefused('the development key vanished while it was made');
  return written;
}

function parseKey(pem: string) {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below, without what the file holds.
  }
  throw new DevKeyRefused('the development key file does not hold an Ed25519 private key');
}
