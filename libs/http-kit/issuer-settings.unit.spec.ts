import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issuerFromEnvironment } from './issuer-settings.js';
import { StartRefused } from './start-refused.js';

const folder = mkdtempSync(join(tmpdir(), 'baton-jwks-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const env = (BATON_JWKS: string) => ({ BATON_ISSUER: 'https://i.example', BATON_AUDIENCE: 'baton', BATON_JWKS });

describe('the issuer’s settings', () => {
  it('are absent when none is set', () => {
    expect(issuerFromEnvironment({})).toBeUndefined();
  });

  it('name keys by URL or by file', () => {
    expect(issuerFromEnvironment(env('https://i.example/keys'))).toEqual({
      how: 'oidc',
      issuer: 'https://i.example',
      audience: 'baton',
      rolesClaim: 'roles',
      keys: new URL('https://i.example/keys'),
    });
    const keys = [{ kty: 'OKP' }];
    const path = file('good.json', JSON.stringify({ keys }));
    expect(issuerFromEnvironment({ ...env(path), BATON_ROLES_CLAIM: 'groups' })).toMatchObject({
      rolesClaim: 'groups',
      keys: { keys },
    });
  });

  it('leave the keys to the issuer’s own document, which must come encrypted', () => {
    const bare = { BATON_ISSUER: 'https://i.example', BATON_AUDIENCE: 'baton' };
    expect(issuerFromEnvironment(bare)).toMatchObject({ keys: 'discovered' });
    expect(() => issuerFromEnvironment({ ...bare, BATON_ISSUER: 'http://i.example' })).toThrow(
      'BATON_ISSUER must be an https URL, except on loopback, or BATON_JWKS must be set',
    );
    expect(() => issuerFromEnvironment({ ...bare, BATON_ISSUER: 'somebody' })).toThrow(StartRefused);
  });

  it('refuse the start when incomplete', () => {
    expect(() => issuerFromEnvironment({ BATON_ISSUER: 'https://i.example' })).toThrow(StartRefused);
    expect(() => issuerFromEnvironment({ BATON_JWKS: 'https://i.example/keys' })).toThrow(StartRefused);
  });

  it.each(['http://i.example/keys', 'http://127.0.0.1.example/keys', 'https://', '/no/such/file'])(
    'refuse the start with keys at %s',
    (jwks) => {
      expect(() => issuerFromEnvironment(env(jwks))).toThrow(StartRefused);
    },
  );

  it.each(['{', '[]', 'null', '{"keys":[]}', '{"keys":{}}'])('refuse the start with a file that holds %s', (text) => {
    expect(() => issuerFromEnvironment(env(file('bad.json', text)))).toThrow(StartRefused);
  });
});
