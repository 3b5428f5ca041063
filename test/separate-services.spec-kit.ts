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
import { EventStoreDbDouble } from './eventstoredb/eventstoredb-double.spec-kit.js';

export const SERVICES = ['team-views', 'lead-api', 'lead-routing', 'event-relay', 'audit-trail'] as const;
export type ServiceName = (typeof SERVICES)[number];

const mainOf = (service: ServiceName): string =>
  fileURLToPath(new URL(`../dist/bundle/${service}.js`, import.meta.url));

/** A process of a service, on a free port. */
export class ServiceProcess {
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  readonly url: Promise<string>;
  private readonly child: ChildProcess;

  constructor(service: ServiceName, env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [mainOf(service)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
      throw new Error(`${service} ended before it listened: ${this.lines.join('\n')}`);
    });
    this.url = Promise.race([listening, failed]);
    this.url.catch(() => undefined);
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.child.kill(signal);
  }
}

/** The services as processes of their own, on a real Kafka and PostgreSQL and on EventStoreDB's double or a real one. */
export async function startServices() {
  const directory = await mkdtemp(join(tmpdir(), 'baton-services-'));
  const broker = await ownBroker();
  const kafka = testSettings(broker.address);
  await makeTopics(kafka);
  const double = await EventStoreDbDouble.start();
  const server = await testPostgres();
  const name = `services_${process.pid}_${Date.now()}`;
  await onPostgres(server, (client) => client.query(`create database ${name}`));
  const database = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const issuer = await DevTokenIssuer.open(devKeyFile(directory), Date.now);
  const jwks = join(directory, 'jwks.json');
  await writeFile(jwks, JSON.stringify(issuer.settings.keys));
  const env = {
    BATON_EVENT_STORE: double.address,
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
  const processes: ServiceProcess[] = [];
  const start = (service: ServiceName, more: Readonly<Record<string, string>> = {}): ServiceProcess => {
    const started = new ServiceProcess(service, { ...env, ...more });
    processes.push(started);
    return started;
  };
  const dispose = async (): Promise<void> => {
    for (const one of processes) one.kill('SIGKILL');
    await Promise.all(processes.map(({ ended }) => ended));
    double.stop();
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
  return { env, directory, double, broker, start, clientsOf, dispose };
}
