import type { Caller } from './caller.js';
import { VerifiedTokens } from './verified-tokens.js';

const caller = (expiresAt: number): Caller => ({
  subject: 'anna',
  client: 'form',
  roles: [],
  issuer: 'i',
  how: 'oidc',
  expiresAt,
});

describe('verified tokens', () => {
  it('are trusted for less than 60 seconds', () => {
    let now = 1_000_000;
    const tokens = new VerifiedTokens(() => now);
    tokens.add('t', caller(now + 3_600_000));
    now += 59_999;
    expect(tokens.find('t')?.subject).toBe('anna');
    now += 1;
    expect(tokens.find('t')).toBeUndefined();
  });

  it('are never trusted past their end', () => {
    let now = 1_000_000;
    const tokens = new VerifiedTokens(() => now);
    tokens.add('t', caller(now + 10_000));
    now += 9_999;
    expect(tokens.find('t')).toBeDefined();
    now += 1;
    expect(tokens.find('t')).toBeUndefined();
  });

  it('are not trusted longer when the clock is set back', () => {
    let now = 10_000_000;
    const tokens = new VerifiedTokens(() => now);
    tokens.add('t', caller(now + 3_600_000));
    now -= 3_600_000;
    expect(tokens.find('t')).toBeUndefined();
  });

  it('are told apart', () => {
    const tokens = new VerifiedTokens(() => 0);
    tokens.add('t', caller(60_000));
    expect(tokens.find('T')).toBeUndefined();
  });
});
