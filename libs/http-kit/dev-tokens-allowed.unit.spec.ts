import { assertDevTokensAllowed } from './dev-tokens-allowed.js';
import { StartRefused } from './start-refused.js';

const LOCAL = { host: '127.0.0.1', hasIssuer: false, externalServers: [] };

describe('development tokens', () => {
  it.each(['127.0.0.1', '127.8.0.1', '::1', 'localhost'])('are allowed on %s', (host) => {
    expect(() => assertDevTokensAllowed({ ...LOCAL, host })).not.toThrow();
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'example.com', ''])(
    'refuse the start on %s',
    (host) => {
      expect(() => assertDevTokensAllowed({ ...LOCAL, host })).toThrow(StartRefused);
    },
  );

  it('refuse the start beside an issuer or an external server, in one line that says what to do', () => {
    expect(() => assertDevTokensAllowed({ ...LOCAL, hasIssuer: true })).toThrow(/^[^\n]*use its tokens$/);
    expect(() => assertDevTokensAllowed({ ...LOCAL, externalServers: ['BATON_KAFKA'] })).toThrow(
      /^[^\n]*BATON_KAFKA[^\n]*configure an issuer$/,
    );
  });
});
