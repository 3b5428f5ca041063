import { createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';
import { AUDIENCE, ed25519, ISSUER, issuerKeys, NOW, rsa, token } from './server.spec-kit.js';
import { IssuerAway, tokenVerifier, type TokenVerifier } from './token-verifier.js';

const SECOND = Math.floor(NOW / 1000);
const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'anna', roles: ['admin'], iat: SECOND, exp: SECOND + 600 };
const foreign = generateKeyPairSync('ed25519');

let verify: TokenVerifier;
beforeAll(async () => {
  verify = tokenVerifier({ how: 'oidc', issuer: ISSUER, audience: AUDIENCE, keys: await issuerKeys() }, () => NOW);
});

const ruleOf = async (bearer: string): Promise<string> => {
  const verification = await verify(bearer);
  if (verification.ok) throw new Error('was accepted');
  return verification.rule;
};
const callerOf = async (bearer: string) => {
  const verification = await verify(bearer);
  if (!verification.ok) throw new Error(verification.rule);
  return verification.caller;
};
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signedBy = (key: Parameters<SignJWT['sign']>[0], header: { alg: string; [name: string]: unknown }) =>
  new SignJWT(CLAIMS).setProtectedHeader({ typ: 'at+jwt', ...header }).sign(key);

describe('a good token', () => {
  it('names the caller', async () => {
    expect(await callerOf(await token())).toEqual({
      subject: 'anna',
      client: 'form',
      roles: ['marketing'],
      issuer: ISSUER,
      how: 'oidc',
      expiresAt: (SECOND + 600) * 1000,
    });
  });

  it.each([
    [{ client_id: undefined, azp: 'app' }, 'app'],
    [{ client_id: undefined }, 'anna'],
  ])('takes the client from %j', async (claims, client) => {
    expect((await callerOf(await token(claims))).client).toBe(client);
  });

  it('may be RS256 and of type JWT', async () => {
    expect((await callerOf(await signedBy(rsa.privateKey, { alg: 'RS256', kid: 'rsa', typ: 'JWT' }))).roles).toEqual([
      'admin',
    ]);
  });

  it.each([
    [['root', 'sales', 'rule'], ['sales']],
    [['root'], []],
    ['admin', []],
    [{ admin: true }, []],
    [undefined, []],
    [[['admin'], 7, null], []],
  ])('with the roles claim %j has the roles %j', async (roles, known) => {
    expect((await callerOf(await token({ roles }))).roles).toEqual(known);
  });

  it('is accepted within the clock tolerance', async () => {
    expect((await callerOf(await token({ exp: SECOND - 29, iat: SECOND + 29, nbf: SECOND + 29 }))).subject).toBe(
      'anna',
    );
  });
});

describe('an attack', () => {
  it('alg none', async () => {
    for (const alg of ['none', 'None', '']) {
      await expect(ruleOf(`${base64url({ alg, typ: 'at+jwt' })}.${base64url(CLAIMS)}.`)).resolves.toMatch(
        /algorithm|signed/,
      );
    }
  });

  it('HS256 with the public key as the secret', async () => {
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const jwk = JSON.stringify(await exportJWK(ed25519.publicKey));
    for (const [secret, kid] of [
      [pem, 'rsa'],
      [jwk, 'ed'],
    ] as const) {
      const input = `${base64url({ alg: 'HS256', typ: 'at+jwt', kid })}.${base64url(CLAIMS)}`;
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      expect(await ruleOf(`${input}.${mac}`)).toBe('the algorithm must be one of EdDSA ES256 RS256 PS256');
    }
  });

  it('an algorithm that is not the key’s', async () => {
    expect(await ruleOf(await signedBy(rsa.privateKey, { alg: 'RS256', kid: 'ed' }))).toContain('key of the issuer');
    expect(await ruleOf(await signedBy(rsa.privateKey, { alg: 'PS256', kid: 'rsa' }))).toContain('key of the issuer');
    expect(await ruleOf(await signedBy(ed25519.privateKey, { alg: 'EdDSA', kid: 'rsa' }))).toContain(
      'key of the issuer',
    );
    expect(await ruleOf(await signedBy(rsa.privateKey, { alg: 'RS512', kid: 'rsa' }))).toContain('algorithm');
  });

  it.each([
    ['another issuer', { iss: 'https://other.example' }, 'the claim iss'],
    ['another audience', { aud: 'other' }, 'the claim aud'],
    ['no audience', { aud: undefined }, 'the claim aud'],
    ['expired', { exp: SECOND - 31 }, 'the token has expired'],
    ['without an end', { exp: undefined }, 'the claim exp'],
    ['not valid yet', { nbf: SECOND + 31 }, 'the token is not valid yet'],
    ['issued in the future', { iat: SECOND + 31 }, 'the token is not valid yet'],
    ['without a time of issue', { iat: undefined }, 'the claim iat'],
    ['without a subject', { sub: undefined }, 'the claim sub'],
    ['an empty subject', { sub: '' }, 'the subject must be'],
    ['a subject that is an address', { sub: 'jane@example.com' }, 'the subject must be'],
    ['a subject that breaks the log', { sub: 'anna\n{"level":"fatal"}' }, 'the subject must be'],
    ['a subject that is too long', { sub: 'a'.repeat(129) }, 'the subject must be'],
    ['a client that breaks a header', { client_id: 'a\r\nSet-Cookie: x' }, 'the client id must be'],
    ['a client that is a list', { client_id: ['a'] }, 'the client id must be'],
  ])('%s', async (_, claims, rule) => {
    const told = await ruleOf(await token(claims as never));
    expect(told).toContain(rule);
    expect(told).not.toMatch(/jane|Cookie|fatal/);
  });

  it.each(['id_token', 'secevent+jwt', ''])('the type %s', async (typ) => {
    expect(await ruleOf(await token({}, { typ }))).toBe('the token type must be at+jwt or JWT');
  });

  it('a foreign key under a known id, and under none', async () => {
    expect(await ruleOf(await signedBy(foreign.privateKey, { alg: 'EdDSA', kid: 'ed' }))).toBe(
      'the signature is wrong',
    );
    expect(await ruleOf(await signedBy(foreign.privateKey, { alg: 'EdDSA' }))).toBe('the signature is wrong');
  });

  it('a key id that is a path', async () => {
    for (const kid of ['../../../../dev/null', '../ed', 'file:///dev/null', "ed' or '1'='1"]) {
      expect(await ruleOf(await signedBy(foreign.privateKey, { alg: 'EdDSA', kid }))).toContain('key of the issuer');
    }
  });

  it('brings its own key: jwk, jku, x5u are not read', async () => {
    let asked = 0;
    const own = createServer((_, answer) => {
      asked++;
      answer.end('{}');
    }).listen(0, '127.0.0.1');
    await once(own, 'listening');
    const url = `http://127.0.0.1:${(own.address() as AddressInfo).port}/keys`;
    const jwk = await exportJWK(foreign.publicKey);
    for (const header of [{ jwk }, { jku: url }, { x5u: url }]) {
      expect(await ruleOf(await signedBy(foreign.privateKey, { alg: 'EdDSA', kid: 'ed', ...header }))).toBe(
        'the signature is wrong',
      );
    }
    own.close();
    expect(asked).toBe(0);
  });

  it('a changed payload, a cut signature, an unknown critical header', async () => {
    const [header, , signature] = (await token()).split('.');
    expect(await ruleOf(`${header}.${base64url({ ...CLAIMS, roles: ['admin'] })}.${signature}`)).toBe(
      'the signature is wrong',
    );
    expect(await ruleOf((await token()).slice(0, -4))).toMatch(/signature|signed/);
    expect(
      await ruleOf(
        `${base64url({ alg: 'EdDSA', typ: 'at+jwt', kid: 'ed', crit: ['x'], x: 1 })}.${base64url(CLAIMS)}.AA`,
      ),
    ).toContain('signed');
  });

  it.each(['', '.', '..', 'a.b.c', 'a.b.c.d.e', 'x'.repeat(8 * 1024 + 1)])('what is no token', async (text) => {
    expect(await ruleOf(text)).toMatch(/signed JWT|8 KiB/);
  });
});

describe('keys that are published', () => {
  it('are fetched once, and their absence is not the token’s fault', async () => {
    const keys = await issuerKeys();
    let asked = 0;
    const issuer = createServer((_, answer) => {
      asked++;
      answer.setHeader('content-type', 'application/json').end(JSON.stringify(keys));
    }).listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    const url = new URL(`http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`);
    const settings = { how: 'oidc', issuer: ISSUER, audience: AUDIENCE, keys: url } as const;
    const remote = tokenVerifier(settings, () => NOW);
    expect((await remote(await token())).ok).toBe(true);
    expect((await remote(await signedBy(foreign.privateKey, { alg: 'EdDSA', kid: 'other' }))).ok).toBe(false);
    expect((await remote(await signedBy(foreign.privateKey, { alg: 'EdDSA', kid: 'third' }))).ok).toBe(false);
    expect(asked).toBe(1);
    issuer.closeAllConnections();
    issuer.close();
    await once(issuer, 'close');
    await expect(tokenVerifier(settings, () => NOW)(await token())).rejects.toBeInstanceOf(IssuerAway);
    expect((await tokenVerifier(settings, () => NOW)('a.b.c')).ok).toBe(false);
  });
});
