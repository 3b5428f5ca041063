import { join } from 'node:path';
import { serviceSettingsFrom, type Need } from './service-settings.js';

const ALL: readonly Need[] = ['event-store', 'kafka', 'database', 'keys', 'signing-key', 'trail', 'issuer'];
const RIGHT = {
  BATON_EVENT_STORE: 'esdb://baton:canary@store.example:2113',
  BATON_KAFKA: 'broker.example:9092',
  BATON_DATABASE: 'postgres://baton:canary@database.example:5432/baton',
  BATON_DATA: 'data',
  BATON_ISSUER: 'https://issuer.example',
  BATON_AUDIENCE: 'baton',
};

const linesOf = (environment: NodeJS.ProcessEnv, needs = ALL): readonly string[] => {
  try {
    serviceSettingsFrom(environment, needs, 3000);
    return [];
  } catch (refusal) {
    return (refusal as Error).message.split('\n');
  }
};

describe('the settings of a service', () => {
  it('have what is usual, and the files in BATON_DATA where they are not named', () => {
    expect(serviceSettingsFrom({ ...RIGHT, BATON_TRAIL: 'log' }, ALL, 3001)).toMatchObject({
      host: '127.0.0.1',
      port: 3001,
      logLevel: 'info',
      eventStore: RIGHT.BATON_EVENT_STORE,
      database: RIGHT.BATON_DATABASE,
      keyFile: join('data', 'keys.json'),
      signingKey: join('data', 'event-signing.key'),
      trail: { folder: 'log' },
      kafka: { brokers: ['broker.example:9092'] },
      issuer: { issuer: 'https://issuer.example', audience: 'baton', rolesClaim: 'roles' },
    });
  });

  it('that are missing are named in a line each, with what belongs there', () => {
    expect(linesOf({ BATON_DATABASE: '', BATON_PORT: '' })).toEqual([
      expect.stringMatching(/^BATON_EVENT_STORE must be set: .*esdb:/),
      expect.stringMatching(/^BATON_KAFKA must be set: /),
      expect.stringMatching(/^BATON_DATABASE must be set: .*postgres:/),
      expect.stringMatching(/^BATON_KEY_FILE must be set: /),
      expect.stringMatching(/^BATON_EVENT_SIGNING_KEY must be set: /),
      expect.stringMatching(/^BATON_TRAIL must be set: /),
      expect.stringMatching(/^BATON_ISSUER and BATON_AUDIENCE must be set: /),
    ]);
  });

  it.each([
    [{ BATON_EVENT_STORE: 'http://store.example:canary' }, /^BATON_EVENT_STORE: must look like esdb:/],
    [{ BATON_EVENT_STORE: 'esdb://store.example?tls=canary' }, /^BATON_EVENT_STORE: tls must be true or false$/],
    [{ BATON_EVENT_STORE: 'esdb://store.example' }, /^BATON_EVENT_STORE: a server with TLS wants USER:PASSWORD@/],
    [{ BATON_KAFKA: 'broker.example' }, /^BATON_KAFKA must be host:port/],
    [{ BATON_DATABASE: 'mysql://u:canary@h/d' }, /^BATON_DATABASE: give postgres:/],
    [{ BATON_DATABASE: 'postgres://u:canary@h/' }, /^BATON_DATABASE: host, user and database must be named/],
    [{ BATON_DATABASE: 'postgres://u:canary@h/d?sslmode=prefer' }, /^BATON_DATABASE: sslmode is one of/],
    [{ BATON_TRAIL_ORIGIN: 'a b' }, /^BATON_TRAIL_ORIGIN must have no spaces/],
    [{ BATON_AUDIENCE: '' }, /^BATON_ISSUER and BATON_AUDIENCE must be set together/],
    [{ BATON_ISSUER: 'http://issuer.example' }, /^BATON_ISSUER must be an https URL/],
    [{ BATON_JWKS: 'no-such-file' }, /^BATON_JWKS must name a readable JSON file/],
    [{ BATON_PORT: '65536' }, /^BATON_PORT must be a number from 0 to 65535$/],
    [{ BATON_LOG_LEVEL: 'loud' }, /^BATON_LOG_LEVEL must be one of /],
    [{ BATON_RATE_LIMIT: '0' }, /^BATON_RATE_LIMIT: the rate limit must be a whole number from 1/],
    [{ BATON_EVENT_STORE_NAMESPACE: 'A-1' }, /^BATON_EVENT_STORE_NAMESPACE must be 1 to 40 lower-case letters/],
  ])('refuse %j in one line, without what is secret', (wrong, line) => {
    const lines = linesOf({ ...RIGHT, ...wrong });
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(lines.join()).not.toContain('canary');
  });

  it('tell what is wrong and what is missing at once', () => {
    expect(linesOf({ ...RIGHT, BATON_KAFKA: 'x', BATON_DATABASE: '', BATON_PORT: 'y' })).toEqual([
      expect.stringMatching(/^BATON_KAFKA must be host:port/),
      expect.stringMatching(/^BATON_DATABASE must be set/),
      expect.stringMatching(/^BATON_PORT must be/),
    ]);
  });

  it('are looked at only where the service needs them', () => {
    const others = { ...RIGHT, BATON_KAFKA: 'x', BATON_DATABASE: 'y', BATON_ISSUER: '' };
    expect(serviceSettingsFrom(others, ['event-store'], 3003)).toMatchObject({
      kafka: undefined,
      database: undefined,
      issuer: undefined,
      signingKey: join('data', 'event-signing.key'),
    });
  });
});
