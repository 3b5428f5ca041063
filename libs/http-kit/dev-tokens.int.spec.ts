import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevKeyRefused, DevTokenIssuer } from './dev-tokens.js';
import { tokenVerifier } from './token-verifier.js';

const NOW = Date.parse('2024-06-01T12:00:00.000Z');
let folder: string;
let keyFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-dev-key-'));
  keyFile = join(folder, 'dev.key');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = () => DevTokenIssuer.open(keyFile, () => NOW);
const REQUEST = { subject: 'anna', roles: ['marketing'], lifetimeSeconds: 3600 } as const;

describe('development tokens', () => {
  it('are verified as what they are: dev', async () => {
    const issuer = await open();
    const verification = await tokenVerifier(issuer.settings, () => NOW)(await issuer.issue(REQUEST));
    expect(verification).toEqual({
      ok: true,
      caller: {
        subject: 'anna',
        client: 'anna',
        roles: ['marketing'],
        issuer: 'urn:baton:dev',
        how: 'dev',
        expiresAt: NOW + 3_600_000,
      },
    });
  });

  it('come from one key: made once with mode 0600, also when two start at once', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['dev.key']);
    const token = await first.issue(REQUEST);
    expect((await tokenVerifier(second.settings, () => NOW)(token)).ok).toBe(true);
    expect((await tokenVerifier((await open()).settings, () => NOW)(token)).ok).toBe(true);
  });

  it('of another installation are refused', async () => {
    const issuer = await open();
    const other = await DevTokenIssuer.open(join(folder, 'other.key'), () => NOW);
    expect((await tokenVerifier(issuer.settings, () => NOW)(await other.issue(REQUEST))).ok).toBe(false);
  });

  it.each([0o640, 0o604, 0o644, 0o660])('are refused with a key file of mode %o', async (mode) => {
    await open();
    chmodSync(keyFile, mode);
    await expect(open()).rejects.toThrow(DevKeyRefused);
  });

  it('are refused with a file that holds something else, which is not told', async () => {
    writeFileSync(keyFile, 'a secret', { mode: 0o600 });
    await expect(open()).rejects.toThrow('does not hold an Ed25519 private key');
    expect(readFileSync(keyFile, 'utf8')).toBe('a secret');
  });

  it.each([
    [{ subject: 'jane@example.com' }, 'subject'],
    [{ client: 'a b' }, 'client'],
    [{ roles: ['rule'] }, 'roles'],
    [{ lifetimeSeconds: 12 * 3600 + 1 }, 'lifetime'],
    [{ lifetimeSeconds: 0 }, 'lifetime'],
    [{ lifetimeSeconds: 1.5 }, 'lifetime'],
  ])('are not issued for %j', async (change, rule) => {
    const issuer = await open();
    await expect(issuer.issue({ ...REQUEST, ...(change as object) })).rejects.toThrow(rule);
  });
});
