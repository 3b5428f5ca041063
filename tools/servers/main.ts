import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DevTokenIssuer, devKeyFile } from '../../libs/http-kit/dev-tokens.js';
import { openClient, withAdmin } from '../../libs/kafka-client/kafka-client.js';
import { kafkaSettingsFrom } from '../../libs/kafka-client/kafka-settings.js';
import { ensureTopics } from '../../libs/kafka-client/topics.js';
import { KafkaServer } from '../kafka/kafka-server.js';
import { startPostgres } from '../postgres/start-postgres.mjs';
import { startStoreInMemory } from './store-in-memory.js';

/*
 * npm run servers: a Kafka and a PostgreSQL on loopback, and Baton on them, for trying by hand; all data in
 * ./data/servers (or BATON_DATA). Where BATON_EVENT_STORE names an EventStoreDB, Baton runs as its separate services;
 * else as the embedded program, whose relay feeds the Kafka. `npm run servers -- --memory` runs the services on a
 * stand-in for EventStoreDB that holds all in memory, and begins anew each time.
 */

const inMemory = process.argv.includes('--memory');
const data = resolve(process.env.BATON_DATA ?? 'data', inMemory ? 'servers-in-memory' : 'servers');
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
/** in the order in which they are stopped */
const stops: (() => Promise<unknown>)[] = [];

interface Program {
  readonly name: string;
  readonly port: number;
}
const EMBEDDED: readonly Program[] = [{ name: 'baton', port: 3000 }];
const SERVICES: readonly Program[] = [
  { name: 'team-views', port: 3001 },
  { name: 'lead-api', port: 3000 },
  { name: 'lead-routing', port: 3002 },
  { name: 'event-relay', port: 3003 },
  { name: 'audit-trail', port: 3004 },
];

async function start(): Promise<void> {
  if (inMemory) await rm(data, { recursive: true, force: true });
  const eventStore = inMemory ? await storeInMemory() : process.env.BATON_EVENT_STORE;
  await mkdir(data, { recursive: true, mode: 0o700 });
  const kafka = await KafkaServer.start({ directory: join(data, 'kafka') });
  stops.unshift(() => kafka.end('SIGTERM'));
  say(`Kafka        ${kafka.address}`);
  const issuer = await DevTokenIssuer.open(devKeyFile(data), Date.now);
  await writeFile(join(data, 'jwks.json'), JSON.stringify(issuer.settings.keys));
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    BATON_KAFKA: kafka.address,
    BATON_KAFKA_REPLICATION: '1',
    BATON_ISSUER: issuer.settings.issuer,
    BATON_AUDIENCE: issuer.settings.audience,
    BATON_JWKS: join(data, 'jwks.json'),
    BATON_DATA: data,
  };
  const settings = kafkaSettingsFrom(env);
  if (settings)
    await withAdmin(await openClient(settings, { clientId: 'servers' }), settings, (a) => ensureTopics(a, settings));
  if (eventStore) {
    const folder = postgresFolder();
    if (inMemory) await rm(folder, { recursive: true, force: true });
    const postgres = await startPostgres(folder);
    stops.unshift(() => postgres.stop());
    say(`PostgreSQL   127.0.0.1:${postgres.port} (${folder})`);
    Object.assign(env, { BATON_EVENT_STORE: eventStore, BATON_DATABASE: postgres.url });
  }
  for (const program of eventStore ? SERVICES : EMBEDDED) await run(program, env);
  say(`\nA token:    npm run baton -- token --subject maria --role marketing --data ${data}`);
  say('Stop with Ctrl-C.');
}

/** Where root runs this, PostgreSQL has a user of its own, who gets into no folder of root's. */
function postgresFolder(): string {
  if (process.getuid?.() !== 0) return join(data, 'postgres');
  const name = createHash('sha256').update(data).digest('hex').slice(0, 12);
  return join(tmpdir(), `baton-servers-${name}`);
}

async function storeInMemory(): Promise<string> {
  const double = await startStoreInMemory();
  stops.unshift(() => Promise.resolve(double.stop()));
  say(`Event store  ${double.address} (a stand-in, in memory)`);
  return double.address;
}

/** Only its errors are shown; resolves once it listens. */
async function run({ name, port }: Program, env: Readonly<Record<string, string>>): Promise<void> {
  const script = fileURLToPath(new URL(`../../bundle/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...env, BATON_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stops.unshift(() => ended(child));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      const line = chunk.toString();
      if (line.includes('"listening"')) resolve();
      if (/"level":(50|60)/.test(line)) process.stderr.write(line);
    });
  });
  say(`${name.padEnd(13)}http://127.0.0.1:${port}`);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

let stopping: Promise<void> | undefined;
function stop(code: number): void {
  stopping ??= (async () => {
    for (const one of stops) await one().catch(() => undefined);
    process.exit(code);
  })();
}
/** Ours alone: PostgreSQL's package listens as well, and would end this process before the others have ended. */
function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.removeAllListeners(signal);
    process.once(signal, () => stop(0));
  }
}
stopOnSignals();
try {
  await start();
  stopOnSignals();
} catch (fault) {
  process.stderr.write(`servers: ${fault instanceof Error ? fault.message : String(fault)}\n`);
  stop(1);
}
