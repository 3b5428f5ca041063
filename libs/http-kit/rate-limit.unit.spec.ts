import { DEFAULT_RATE_LIMIT, parseRateLimit } from './rate-limit.js';

describe('BATON_RATE_LIMIT', () => {
  it('is a number of requests per second and subject', () => {
    expect(parseRateLimit('50000')).toEqual({ requests: 50_000, seconds: 1 });
    expect([parseRateLimit(undefined), parseRateLimit('')]).toEqual([DEFAULT_RATE_LIMIT, DEFAULT_RATE_LIMIT]);
  });

  it.each(['0', '-1', '1.5', '1e3', 'many', '1000001', ' 5'])('is refused as %s', (text) => {
    expect(() => parseRateLimit(text)).toThrow(RangeError);
  });
});
