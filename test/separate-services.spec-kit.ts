import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DevTokenIssuer, devKeyFile } from '../libs/http-kit/dev-tokens.js';
import { makeTopics, ownBroker, testSettings } from '../libs/kafka-client/kafka-broker.spec-kit.js';
import { onPostgres } from '../libs/postgres/postgres.spec-kit.js';
import { testPostgres } from '../tools/postgres/test-server.mjs';
import { clientOf } from './baton.spec-kit.js';
import type { Client } from './client.spec-kit.js';
import { testEventStore } from './eventstoredb/test-event-store.spec-kit.js';

export const SERVICES = ['team-views', 'lead-api', 'lead-routing', 'event-relay', 'audit-trail'] as const;
export type ServiceName = (typeof SERVICES)[number];

const mainOf = (service: ServiceName, bundle: string): string =>
  fileURLToPath(new URL(`../dist/${bundle}/${service}.js`, import.meta.url));

/** A process of a service, on a free port. */
export class ServiceProcess {
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  readonly url: Promise<string>;
  private readonly child: ChildProcess;

  /** @param bundle folder in dist of the programs: `bundle`, or one made of it */
  constructor(
    readonly name: ServiceName,
    env: Readonly<Record<string, string>>,
    bundle = 'bundle',
  ) {
    this.child = spawn(process.execPath, [mainOf(name, bundle)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
    const listening = new Promise<string>((resolve) => {
      for (const stream of [this.child.stdout, this.child.stderr]) {
        if (stream) {
          createInterface({ input: stream }).on('line', (line) => {
            this.lines.push(line);
            const url = /"url":"([^"]+)".*"msg":"listening"/.exec(line)?.[1];
            if (url !== undefined) resolve(url);
          });
        }
      }
    });
    const failed = this.ended.then((): string => {
      throw new Error(`${name} ended before it listened: ${this.lines.join('\n')}`);
    });
    this.url = Promise.race([listening, failed]);
    this.url.catch(() => undefined);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }
}

export type Services = Awaited<ReturnType<typeof startServices>>;

/**
 * The services as processes of their own, on a real Kafka and PostgreSQL and on EventStoreDB's double or a real one.
 *
 * @param tablespace of the PostgreSQL server for the read database
 * @param postgres address of a server of the test's own, in place of the one that all tests share
 */
export async function startServices({
  tablespace,
  postgres,
}: { readonly tablespace?: string; readonly postgres?: string } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'baton-services-'));
  const broker = await ownBroker();
  const kafka = testSettings(broker.address);
  await makeTopics(kafka);
  const store = await testEventStore();
  const server = postgres ?? (await testPostgres());
  const name = `services_${process.pid}_${Date.now()}`;
  const place = tablespace === undefined ? '' : ` tablespace ${tablespace}`;
  await onPostgres(server, (client) => client.query(`create database ${name}${place}`));
  const database = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const issuer = await DevTokenIssuer.open(devKeyFile(directory), Date.now);
  const jwks = join(directory, 'jwks.json');
  await writeFile(jwks, JSON.stringify(issuer.settings.keys));
  const env = {
    BATON_EVENT_STORE: store.address,
    BATON_EVENT_STORE_NAMESPACE: store.namespace,
    BATON_KAFKA: broker.address,
    BATON_KAFKA_LEAD_PARTITIONS: String(kafka.layout.leadPartitions),
    BATON_KAFKA_REFERENCE_PARTITIONS: String(kafka.layout.referencePartitions),
    BATON_KAFKA_REPLICATION: '1',
    BATON_TOPIC_LEAD_EVENTS: kafka.topics.leadEvents,
    BATON_TOPIC_REFERENCE_EVENTS: kafka.topics.referenceEvents,
    BATON_TOPIC_TRAIL: kafka.topics.trail,
    BATON_TOPIC_RELAY_CHECKPOINT: kafka.topics.relayCheckpoint,
    BATON_DATABASE: database,
    BATON_KEY_FILE: join(directory, 'keys.json'),
    BATON_EVENT_SIGNING_KEY: join(directory, 'event-signing.key'),
    BATON_TRAIL: join(directory, 'trail'),
    BATON_ISSUER: issuer.settings.issuer,
    BATON_AUDIENCE: issuer.settings.audience,
    BATON_JWKS: jwks,
    BATON_PORT: '0',
    BATON_RATE_LIMIT: '1000000',
  };
  /** all that were started */
  const processes: ServiceProcess[] = [];
  const start = (
    service: ServiceName,
    more: Readonly<Record<string, string>> = {},
    bundle?: string,
  ): ServiceProcess => {
    const started = new ServiceProcess(service, { ...env, ...more }, bundle);
    processes.push(started);
    return started;
  };
  const dispose = async (): Promise<void> => {
    for (const one of processes) one.kill('SIGKILL');
    await Promise.all(processes.map(({ ended }) => ended));
    store.dispose();
    await broker.dispose();
    await onPostgres(server, (client) => client.query(`drop database ${name} with (force)`));
    await rm(directory, { recursive: true, force: true });
  };
  /** Everybody's way to one of the services. */
  const clientsOf = (url: string): ((person: string) => Client) => {
    const clients = new Map<string, Client>();
    return (person) => {
      const client = clients.get(person) ?? clientOf(url, person, issuer);
      clients.set(person, client);
      return client;
    };
  };
  return { env, directory, store, kafka, database, broker, processes, start, clientsOf, dispose };
}
