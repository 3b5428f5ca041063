import { SignJWT, importPKCS8, type JWTPayload } from 'jose';
import { createHmac, createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView } from '../libs/lead-commands/http/lead-view.js';
import { DevTokenIssuer, devKeyFile } from '../libs/http-kit/dev-tokens.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { Client } from './client.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, newLead, signPolicy } from './people.spec-kit.js';

let baton: TestBaton;
let worked: LeadView;

beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  await signPolicy(baton.as);
  worked = await new LeadLife(baton).workedBy('sven');
});
afterAll(() => baton.stop());

/** Each request is wrong in all that its successors are wrong in, and in one thing more. */
describe('Of several reasons to refuse, the first in order is given', () => {
  const reassign = { reason: 'no-such-reason', worker: { team: 'north-sales', person: 'sara' } };
  const path = () => `/leads/${worked.lead}/reassign`;
  const STALE = { ifMatch: 999_999 };

  it('401 before 400, which needs a look at the body', async () => {
    const { status, headers } = await baton.nobody.send('POST', path(), '{"broken":', STALE);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('429 before 400', async () => {
    const narrow = await startBaton({ rateLimit: { requests: 1, seconds: 60 } });
    try {
      await narrow.as('sven').get('/teams');
      const { status, headers } = await narrow.as('sven').send('POST', '/leads', '{"broken":');
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await narrow.nobody.get('/teams')).status).toBe(401);
    } finally {
      await narrow.stop();
    }
  });

  it('400 before 403', async () => {
    await baton.as('ana').refused(400, path(), { reason: 7 }, STALE);
  });

  it('403 by role before 404', async () => {
    await baton.as('ana').refused(403, `/leads/${randomUUID()}/reassign`, reassign, STALE);
  });

  it('404 before the standing, the key and the view', async () => {
    await baton.as('eve').refused(404, path(), reassign, STALE);
    await baton.as('sara').refused(403, path(), reassign, STALE);
  });

  it('the repetition of a command before the view: its first result, or 422', async () => {
    const key = randomUUID();
    const tag = { ifMatch: worked.revision };
    const rate = await baton.as('sam').done<LeadAnswer>(`/leads/${worked.lead}/rate`, { rating: 4 }, { key, ...tag });
    const again = await baton.as('sam').done(`/leads/${worked.lead}/rate`, { rating: 4 }, { key, ...STALE });
    expect(again).toEqual({ ...rate, repeated: true });
    await baton.as('sam').refused(422, `/leads/${worked.lead}/rate`, { rating: 5 }, { key, ...STALE });
  });

  it('428 and 412 before 409 and 422', async () => {
    const unmerge = `/leads/${worked.lead}/unmerge`;
    const body = { reason: 'no-such-reason' };
    await baton.as('mona').refused(428, unmerge, body);
    await baton.as('mona').refused(412, unmerge, body, STALE);
  });

  it('409 of the lifecycle before 422', async () => {
    const unmerge = `/leads/${worked.lead}/unmerge`;
    await baton.as('mona').refused(409, unmerge, { reason: 'no-such-reason' }, { ifMatch: '*' });
    const problem = await baton.as('sam').refused(422, path(), reassign, { ifMatch: '*' });
    expect(problem.errors).toMatchObject([{ field: '/reason' }]);
  });

  it('the same on teams and policies', async () => {
    await baton.as('max').refused(400, '/teams/north-marketing/join', {}, STALE);
    await baton.as('max').refused(403, '/teams/north-marketing/join', { person: 'x' }, STALE);
    await baton.as('mona').refused(412, '/teams/north-marketing/join', { person: 'x' }, STALE);
    const sign = { version: 99, contentHash: '0'.repeat(64) };
    await baton.as('ana').refused(403, '/policies/default/sign', sign, STALE);
    await baton.as('mona').refused(404, '/policies/default/sign', sign, STALE);
    await baton.as('mona').refused(412, '/policies/default/sign', { ...sign, version: 1 }, STALE);
  });
});

describe('A token', () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: 'maria', roles: ['marketing'], client_id: 'maria', iat: now, exp: now + 600 };
  const right = { iss: 'urn:baton:dev', aud: 'urn:baton' };
  const pem = () => readFile(devKeyFile(baton.dataDir), 'utf8');

  async function signed(payload: JWTPayload, header: Record<string, unknown> = {}, key?: string): Promise<string> {
    const issued = await baton.issuer.issue({ subject: 'maria', roles: ['marketing'], lifetimeSeconds: 60 });
    const { kid } = JSON.parse(Buffer.from(issued.split('.')[0]!, 'base64url').toString()) as { kid: string };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...header })
      .sign(await importPKCS8(key ?? (await pem()), 'EdDSA'));
  }

  const raw = (header: object, payload: object, sign: (text: string) => Buffer): string => {
    const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${text}.${sign(text).toString('base64url')}`;
  };

  const tokens: Record<string, () => Promise<string>> = {
    'signed by another machine': async () => {
      const other = await startBaton();
      try {
        return await other.issuer.issue({ subject: 'maria', roles: ['marketing'], lifetimeSeconds: 60 });
      } finally {
        await other.stop();
      }
    },
    'signed with another key under the right kid': async () => {
      const file = join(baton.dataDir, 'other.pem');
      await DevTokenIssuer.open(file, Date.now);
      return signed({ ...claims, ...right }, {}, await readFile(file, 'utf8'));
    },
    expired: () => signed({ ...claims, ...right, iat: now - 600, exp: now - 300 }),
    'of another audience': () => signed({ ...claims, ...right, aud: 'urn:other' }),
    'of another issuer': () => signed({ ...claims, ...right, iss: 'https://issuer.example' }),
    'without an end': () => signed({ ...right, sub: 'maria', roles: ['marketing'], iat: now }),
    'with a key address of its own': () => signed({ ...claims, ...right }, { kid: 'x', jku: 'http://127.0.0.1/keys' }),
    'with a path as kid': () => signed({ ...claims, ...right }, { kid: '../../keys' }),
    'for an e-mail address': () => signed({ ...claims, ...right, sub: 'maria@example.com' }),
    'with its public key as a shared secret': async () => {
      const secret = createPublicKey(createPrivateKey(await pem())).export({ type: 'spki', format: 'pem' });
      const payload = { ...claims, ...right };
      return raw({ alg: 'HS256', typ: 'at+jwt' }, payload, (text) =>
        createHmac('sha256', secret).update(text).digest(),
      );
    },
    unsigned: async () => raw({ alg: 'none', typ: 'at+jwt' }, { ...claims, ...right }, () => Buffer.alloc(0)),
    'that is none': async () => 'a.b.c',
  };

  it.each(Object.keys(tokens))('%s opens nothing and writes nothing', async (name) => {
    const token = await tokens[name]!();
    const client = new Client(baton.url, 'maria', async () => token);
    const before = await baton.store.head();
    const problem = await client.refused(401, '/leads', newLead());
    expect((await client.get(`/leads/${worked.lead}`)).status).toBe(401);
    expect(await baton.store.head()).toBe(before);
    expect(JSON.stringify(problem)).not.toContain(token);
    expect(baton.log()).not.toContain(token);
  });

  it('as this test makes them opens what it should, so that the others fail for their fault', async () => {
    const token = await signed({ ...claims, ...right });
    const client = new Client(baton.url, 'maria', async () => token);
    expect((await client.get(`/leads/${worked.lead}`)).status).toBe(200);
  });

  it('gives no role that it may not give', async () => {
    const token = await signed({ ...claims, ...right, roles: ['rule', 'root', '__proto__'] });
    const client = new Client(baton.url, 'maria', async () => token);
    await client.refused(403, `/leads/${worked.lead}/route`);
    await client.refused(403, '/leads', newLead());
  });

  it('in the address is none', async () => {
    const token = await signed({ ...claims, ...right });
    expect((await baton.nobody.get(`/leads?access_token=${token}`)).status).toBe(401);
    expect(baton.log()).not.toContain(token);
  });
});
