import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { discoverKeys } from './issuer-discovery.js';
import { AUDIENCE, ed25519, issuerKeys, NOW } from './server.spec-kit.js';
import { IssuerAway, tokenVerifier } from './token-verifier.js';

type Answer = (answer: ServerResponse, own: string) => void;

/** An issuer on loopback that answers its discovery document in a given way. */
async function withIssuer(document: Answer, test: (issuer: string, asked: string[]) => Promise<void>): Promise<void> {
  const keys = JSON.stringify(await issuerKeys());
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '');
    if (request.url === '/keys') answer.end(keys);
    else document(answer, own);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await test(own, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const says =
  (document: (own: string) => object): Answer =>
  (answer, own) =>
    void answer.end(JSON.stringify(document(own)));
const good: Answer = says((own) => ({ issuer: own, jwks_uri: `${own}/keys` }));

const tokenOf = (issuer: string): Promise<string> =>
  new SignJWT({ roles: ['sales'] })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'ed', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(AUDIENCE)
    .setSubject('anna')
    .setIssuedAt(NOW / 1000)
    .setExpirationTime(NOW / 1000 + 600)
    .sign(ed25519.privateKey);

const verifierOf = (issuer: string) =>
  tokenVerifier({ how: 'oidc', issuer, audience: AUDIENCE, keys: 'discovered' }, () => NOW);

describe('keys that the issuer’s own document names', () => {
  it('are found with the first token, once', () =>
    withIssuer(good, async (issuer, asked) => {
      const verify = verifierOf(issuer);
      for (let n = 0; n < 3; n += 1) expect(await verify(await tokenOf(issuer))).toMatchObject({ ok: true });
      expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    }));

  it('are asked for again when the issuer was away: nobody is let in meanwhile', async () => {
    let isAway = true;
    const answer: Answer = (reply, own) => (isAway ? void reply.writeHead(503).end() : good(reply, own));
    await withIssuer(answer, async (issuer) => {
      const verify = verifierOf(issuer);
      await expect(verify(await tokenOf(issuer))).rejects.toBeInstanceOf(IssuerAway);
      isAway = false;
      expect(await verify(await tokenOf(issuer))).toMatchObject({ ok: true });
    });
  });

  const elsewhere: Answer = (answer) => void answer.writeHead(302, { location: 'ftp://evil.example/' }).end();
  it.each<[string, Answer, RegExp]>([
    ['a redirect, whatever its scheme', elsewhere, /fetch failed/],
    ['a document of another issuer', says((own) => ({ issuer: `${own}/x`, jwks_uri: `${own}/keys` })), /of another/],
    [
      'keys sent in the open',
      says((own) => ({ issuer: own, jwks_uri: 'http://keys.example/k' })),
      /names no https URL/,
    ],
    ['keys in a file', says((own) => ({ issuer: own, jwks_uri: 'file:///etc/passwd' })), /names no https URL/],
    ['no keys', says((own) => ({ issuer: own })), /names no https URL/],
    ['what is no JSON', (answer) => void answer.end('<html>'), /is no JSON/],
    ['null', (answer) => void answer.end('null'), /of another issuer/],
    ['too much', (answer) => void answer.end('x'.repeat(300_000)), /too large/],
  ])('are not taken from %s', (_, answer, rule) =>
    withIssuer(answer, async (issuer, asked) => {
      await expect(discoverKeys(issuer)).rejects.toThrow(rule);
      expect(asked).toEqual(['/.well-known/openid-configuration']);
    }),
  );
});
