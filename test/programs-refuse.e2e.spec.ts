import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onPostgres } from '../libs/postgres/postgres.spec-kit.js';
import { testPostgres } from '../tools/postgres/test-server.mjs';
import { EventStoreDbDouble } from './eventstoredb/eventstoredb-double.spec-kit.js';

const programOf = (name: string): string => fileURLToPath(new URL(`../dist/bundle/${name}.js`, import.meta.url));

/** All of them wrong; which of them a program looks at is its own matter. */
const WRONG = {
  BATON_EVENT_STORE: 'http://u:canary@store.example',
  BATON_KAFKA: 'broker.example',
  BATON_KAFKA_REPLICATION: '0',
  BATON_DATABASE: 'mysql://u:canary@database.example/d',
  BATON_TRAIL_ORIGIN: 'a b',
  BATON_ISSUER: 'http://issuer.example',
  BATON_AUDIENCE: 'baton',
  BATON_PORT: 'canary',
  BATON_LOG_LEVEL: 'loud',
  BATON_RATE_LIMIT: 'canary',
  BATON_WITNESS_NAME: 'a b',
  BATON_WITNESS_LOGS: 'no-such-file',
  BATON_WITNESS_PORT: '-1',
};
const ADDRESS = [/^BATON_PORT must be a number/, /^BATON_LOG_LEVEL must be one of/, /^BATON_RATE_LIMIT: .* from 1/];
const STORE = /^BATON_EVENT_STORE: must look like esdb:/;
const KAFKA = [/^BATON_KAFKA must be host:port/, /^BATON_KAFKA_REPLICATION must be a number/];
const DATABASE = /^BATON_DATABASE: give postgres:/;
const ISSUER = /^BATON_ISSUER must be an https URL/;
const NO_STORE = /^BATON_EVENT_STORE must be set/;
const NO_KAFKA = /^BATON_KAFKA must be set/;
const NO_DATABASE = /^BATON_DATABASE must be set/;
const NO_KEYS = [/^BATON_KEY_FILE must be set/, /^BATON_EVENT_SIGNING_KEY must be set/];
const NO_ISSUER = /^BATON_ISSUER and BATON_AUDIENCE must be set/;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'baton-refused-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function run(name: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(process.execPath, [programOf(name)], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said = (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
  return { code: await ended, lines: said.trimEnd().split('\n') };
}

const toldBy = (name: string, rules: readonly RegExp[]): unknown[] =>
  rules.map((rule) => expect.stringMatching(new RegExp(`^${name} does not start: ${rule.source.slice(1)}`)) as unknown);

it.each<[string, readonly RegExp[]]>([
  ['lead-api', [STORE, DATABASE, ISSUER, ...ADDRESS]],
  ['team-views', [STORE, ...KAFKA, DATABASE, ISSUER, ...ADDRESS]],
  ['lead-routing', [STORE, ...KAFKA, DATABASE, ...ADDRESS]],
  ['event-relay', [STORE, ...KAFKA, ...ADDRESS]],
  ['audit-trail', [STORE, /^BATON_TRAIL_ORIGIN must have no spaces/, ISSUER, ...ADDRESS]],
  [
    'baton',
    [
      /^BATON_EVENT_STORE is of the separate services/,
      /^BATON_DATABASE is of the separate services/,
      ...ADDRESS.slice(0, 2),
      ISSUER,
      ...ADDRESS.slice(2),
      ...KAFKA,
    ],
  ],
  [
    'witness',
    [
      /^BATON_WITNESS_NAME must have no spaces/,
      /^BATON_WITNESS_LOGS: the file cannot be read/,
      /^BATON_WITNESS_PORT must be a number/,
      /^BATON_LOG_LEVEL must be one of/,
    ],
  ],
])('%s says in a line for each what is wrong, ends with 1 and leaves nothing', async (name, rules) => {
  const { code, lines } = await run(name, { ...WRONG, BATON_DATA: 'data', BATON_WITNESS_DATA: 'data' });
  expect(lines).toEqual(toldBy(name, rules));
  expect(code).toBe(1);
  expect(lines.join()).not.toContain('canary');
  expect(readdirSync(folder)).toEqual([]);
});

it.each<[string, readonly RegExp[]]>([
  ['lead-api', [NO_STORE, NO_DATABASE, ...NO_KEYS, NO_ISSUER]],
  ['team-views', [NO_STORE, NO_KAFKA, NO_DATABASE, ...NO_KEYS, NO_ISSUER]],
  ['lead-routing', [NO_STORE, NO_KAFKA, NO_DATABASE, ...NO_KEYS]],
  ['event-relay', [NO_STORE, NO_KAFKA]],
  ['audit-trail', [NO_STORE, /^BATON_TRAIL must be set/, NO_ISSUER]],
  ['witness', [/^BATON_WITNESS_NAME must be set/, /^BATON_WITNESS_LOGS must be set/]],
])('%s says in a line for each what is missing, and ends with 1', async (name, rules) => {
  const { code, lines } = await run(name, {});
  expect(lines).toEqual(toldBy(name, rules));
  expect(code).toBe(1);
});

it('lead-routing ends, too, where all but its Kafka is there', async () => {
  const store = await EventStoreDbDouble.start();
  const server = await testPostgres();
  const name = `refuse_${process.pid}`;
  await onPostgres(server, (client) => client.query(`create database ${name}`));
  try {
    const { code, lines } = await run('lead-routing', {
      BATON_EVENT_STORE: store.address,
      BATON_KAFKA: '127.0.0.1:1',
      BATON_DATABASE: Object.assign(new URL(server), { pathname: `/${name}` }).href,
      BATON_DATA: folder,
      BATON_PORT: '0',
    });
    const refusal = lines.filter((line) => !line.startsWith('{'));
    expect(refusal).toEqual(
      toldBy('lead-routing', [/^Kafka cannot be used now \(.*: check BATON_KAFKA \(127\.0\.0\.1:1\)/]),
    );
    expect(code).toBe(1);
  } finally {
    store.stop();
    await onPostgres(server, (client) => client.query(`drop database ${name} with (force)`));
  }
});
