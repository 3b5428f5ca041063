import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithOwnKafka, ownBroker, testSettings, type TestBroker } from './kafka-broker.spec-kit.js';
import { openClient, withAdmin } from './kafka-client.js';
import type { KafkaSettings, SaslMechanism } from './kafka-settings.js';

const USER = 'baton';
const PASSWORD = 'canary-password';

/** A certificate for loopback that only its own file vouches for. */
function makeIdentity(folder: string): { readonly identityFile: string; readonly ca: string } {
  const [key, certificate, identityFile] = ['key.pem', 'certificate.pem', 'identity.pem'].map((name) =>
    join(folder, name),
  );
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  execFileSync('openssl', [...request, ...names, '-keyout', key!, '-out', certificate!], { stdio: 'ignore' });
  const ca = readFileSync(certificate!, 'utf8');
  writeFileSync(identityFile!, readFileSync(key!, 'utf8') + ca);
  return { identityFile: identityFile!, ca };
}

describeWithOwnKafka('a broker with TLS and SASL', () => {
  let folder: string;
  let ca: string;
  let broker: Required<TestBroker>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'baton-kafka-tls-'));
    const identity = makeIdentity(folder);
    ca = identity.ca;
    broker = await ownBroker({ secure: { identityFile: identity.identityFile, user: USER, password: PASSWORD } });
  }, 120_000);
  afterAll(async () => {
    await broker.dispose();
    rmSync(folder, { recursive: true });
  });

  const settingsOf = (change: Partial<KafkaSettings>): KafkaSettings => ({
    ...testSettings(broker.server.secureAddress),
    ...change,
  });
  const login = (mechanism: SaslMechanism, password = PASSWORD) => ({ mechanism, user: USER, password });
  const listTopics = async (settings: KafkaSettings): Promise<readonly string[]> =>
    withAdmin(await openClient(settings, { clientId: 'spec', retry: { retries: 0 } }), settings, (admin) =>
      admin.listTopics(),
    );

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('lets in by %s', async (mechanism) => {
    expect(await listTopics(settingsOf({ tls: { ca }, sasl: login(mechanism) }))).toEqual([]);
  });

  it.each([
    [
      'a wrong password',
      () => settingsOf({ tls: { ca }, sasl: login('plain', 'canary-wrong') }),
      'BATON_KAFKA_PASSWORD',
    ],
    [
      'a wrong password',
      () => settingsOf({ tls: { ca }, sasl: login('scram-sha-256', 'canary-wrong') }),
      'BATON_KAFKA_PASSWORD',
    ],
    ['a certificate that nobody vouches for', () => settingsOf({ tls: {}, sasl: login('plain') }), 'BATON_KAFKA_CA'],
  ])('says in one line that it was %s', async (_what, settings, line) => {
    const listing = listTopics(settings());
    await expect(listing).rejects.toMatchObject({ name: 'KafkaFault', kind: 'fatal' });
    await expect(listing).rejects.toThrow(line);
    await expect(listing).rejects.not.toThrow('canary');
  });
});
