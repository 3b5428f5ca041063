import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../free-port.mjs';
import { assertJava, serverJars } from './server-jars.js';
import { loggingProperties, serverProperties, type SecureListener, type ServerPlan } from './server-properties.js';

const run = promisify(execFile);
const CLUSTER = 'BatonTrialsKRaft00001A';
/** On a machine that is busy, and after a kill, when it looks through its logs first. */
const START_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 50;

export interface KafkaServerOptions {
  /** made where it is missing; what is in it from before is kept */
  readonly directory: string;
  /** default: any free one */
  readonly port?: number;
  readonly secure?: Omit<SecureListener, 'port'>;
  /** port of a proxy, at which clients of the listener `proxiedPort` are told to reach it */
  readonly proxyPort?: number;
}

/** A real Kafka server of one node on loopback, in a process of its own. */
export class KafkaServer {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly jars: string,
    private readonly plan: ServerPlan,
  ) {}

  /**
   * Formats the folder where it is new, and starts.
   *
   * @throws NoKafkaServer without Java or Maven
   * @throws Error with the end of its log where it ends before it listens
   */
  static async start({ directory, port, secure, proxyPort }: KafkaServerOptions): Promise<KafkaServer> {
    await assertJava();
    const jars = await serverJars();
    const plan: ServerPlan = {
      directory,
      port: port ?? (await freePort()),
      controllerPort: await freePort(),
      ...(secure ? { secure: { ...secure, port: await freePort() } } : {}),
      ...(proxyPort === undefined ? {} : { proxied: { port: await freePort(), advertisedPort: proxyPort } }),
    };
    const server = new KafkaServer(jars, plan);
    await server.prepare();
    await server.start();
    return server;
  }

  /** `host:port` of the plain listener */
  get address(): string {
    return `127.0.0.1:${this.plan.port}`;
  }

  /** `host:port` of the listener with TLS and SASL */
  get secureAddress(): string {
    return `127.0.0.1:${this.plan.secure?.port}`;
  }

  /** port to which a proxy leads on */
  get proxiedPort(): number {
    return this.plan.proxied?.port ?? this.plan.port;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const { directory, port } = this.plan;
    const heap = ['-Xms256m', '-Xmx768m', '-XX:+UseSerialGC'];
    const logging = `-Dlog4j2.configurationFile=${join(directory, 'log4j2.properties')}`;
    const server = this.java([...heap, logging, 'kafka.Kafka', this.settings]);
    const child = spawn('java', server, { stdio: 'ignore' });
    this.process = child;
    const end = performance.now() + START_LIMIT_MS;
    while (!(await listens(port))) {
      if (child.exitCode !== null || performance.now() > end) {
        throw new Error(`Kafka did not start: ${await this.endOfLog()}`);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** `SIGKILL`: as if the machine went; `SIGTERM`: in order. Resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** Stands still as under a long pause, its connections open, or goes on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process?.kill(signal);
  }

  private get settings(): string {
    return join(this.plan.directory, 'server.properties');
  }

  private java(rest: readonly string[]): string[] {
    return ['-cp', join(this.jars, '*'), ...rest];
  }

  private async prepare(): Promise<void> {
    const { directory, secure } = this.plan;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(this.settings, serverProperties(this.plan), { mode: 0o600 });
    await writeFile(join(directory, 'log4j2.properties'), loggingProperties(directory));
    if (existsSync(join(directory, 'data', 'meta.properties'))) return;
    const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) =>
      secure ? ['--add-scram', `${mechanism}=[name=${secure.user},password=${secure.password}]`] : [],
    );
    const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', this.settings, ...scram];
    await run('java', this.java(['-XX:TieredStopAtLevel=1', ...format]));
  }

  private async endOfLog(): Promise<string> {
    const log = await readFile(join(this.plan.directory, 'server.log'), 'utf8').catch(() => '');
    return log.slice(-2_000);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (found: boolean) => (): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}
