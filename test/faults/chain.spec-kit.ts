import { randomUUID } from 'node:crypto';
import type { LeadAnswer } from '../../libs/lead-commands/http/command-answer.dto.js';
import type { Client } from '../client.spec-kit.js';
import { startServices, type ServiceName, type ServiceProcess, type Services } from '../separate-services.spec-kit.js';
import { formTeams, signPolicy } from '../people.spec-kit.js';
import { TcpFaultProxy } from './tcp-fault-proxy.spec-kit.js';

export const SLOTS = ['team-views 1', 'team-views 2', 'lead-api', 'lead-routing', 'event-relay'] as const;
export type Slot = (typeof SLOTS)[number];

const serviceOf = (slot: Slot): ServiceName => slot.replace(/ \d$/, '') as ServiceName;

/** How `fetch` says that a connection ended before the answer did, or that no answer came in time. */
const UNHEARD = /fetch failed|terminated|aborted due to timeout/;
const LONGEST_RETRY_MS = 100;

/** Until a client that was turned away, or somebody who looks how far it is, comes again. */
export const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LONGEST_RETRY_MS));

/**
 * All services on real servers, each process of which a test may kill, stop or cut off. Between the processes and the
 * event store, and between the views and PostgreSQL, stands a proxy that does what networks do.
 */
export class Chain {
  private readonly slots = new Map<Slot, ServiceProcess>();
  private readonly waiting: { readonly answers: number; readonly resolve: () => void }[] = [];
  private readonly clients = new Map<string, (person: string) => Client>();
  private starting: (() => void)[] = [];
  private stood: Error | undefined;
  /** commands that were answered so far */
  answers = 0;

  private constructor(
    readonly services: Services,
    /** to the event store, for lead-api alone and for the others; absent where none can stand there */
    readonly toStore: { readonly api: TcpFaultProxy; readonly others: TcpFaultProxy } | undefined,
    /** to PostgreSQL, for the views */
    readonly toViews: TcpFaultProxy,
  ) {}

  /** Everything is up, the teams are formed and the policy is signed. */
  static async open(options: Parameters<typeof startServices>[0] = {}): Promise<Chain> {
    const services = await startServices(options);
    const { plain } = services.store;
    const database = new URL(services.database);
    const toStore = plain && { api: await proxyTo(plain), others: await proxyTo(plain) };
    const chain = new Chain(services, toStore, await proxyTo({ host: database.hostname, port: Number(database.port) }));
    await Promise.all(SLOTS.map((slot) => chain.start(slot)));
    const url = await chain.process('lead-api').url;
    await formTeams(services.clientsOf(url), ['north-marketing', 'north-sales']);
    await signPolicy(services.clientsOf(url));
    return chain;
  }

  process(slot: Slot): ServiceProcess {
    const found = this.slots.get(slot);
    if (found === undefined) throw new Error(`${slot} was never started`);
    return found;
  }

  /** Resolves when it listens. */
  async start(slot: Slot, bundle?: string): Promise<void> {
    const started = this.services.start(serviceOf(slot), this.settingsOf(slot), bundle);
    this.slots.set(slot, started);
    for (const wake of this.starting.splice(0)) wake();
    await started.url;
  }

  async kill(slot: Slot, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const killed = this.process(slot);
    killed.kill(signal);
    await killed.ended;
  }

  async restart(slot: Slot, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL', bundle?: string): Promise<void> {
    await this.kill(slot, signal);
    await this.start(slot, bundle);
  }

  /** Resolves in the middle of the load: when so many more commands were answered. */
  whenAnswered(more: number): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ answers: this.answers + more, resolve }));
  }

  /** Sends a command again, under the same key, until it is answered for good. */
  async command(person: string, path: string, body: object): Promise<{ status: number; body: LeadAnswer }> {
    const key = randomUUID();
    for (;;) {
      if (this.stood) throw this.stood;
      const api = this.process('lead-api');
      const url = await api.url.catch(() => undefined);
      if (url === undefined) {
        if (api === this.process('lead-api')) await new Promise<void>((resolve) => this.starting.push(resolve));
        continue;
      }
      try {
        const answer = await this.as(url, person).post<LeadAnswer>(path, body, { key });
        if (answer.status < 500) {
          this.answers += 1;
          for (const one of this.waiting.filter(({ answers }) => answers <= this.answers)) one.resolve();
          return answer;
        }
      } catch (fault) {
        // Cut off in the middle: whether it was done, nobody knows. So it is asked again.
        if (!UNHEARD.test((fault as Error).message)) throw fault;
      }
      await soon();
    }
  }

  /** No command is sent again any more: what was under way ends with this fault. */
  giveUp(fault: Error): void {
    this.stood = fault;
    for (const wake of this.starting.splice(0)) wake();
  }

  /** A query of lead-api, once; undefined where it is not answered. */
  async ask<Body>(person: string, path: string): Promise<Body | undefined> {
    try {
      const { status, body } = await this.as(await this.process('lead-api').url, person).get<Body>(path);
      return status === 200 ? body : undefined;
    } catch {
      // Killed just now, or before it listened.
      return undefined;
    }
  }

  /** One person's way to a service. */
  as(url: string, person: string): Client {
    const clients = this.clients.get(url) ?? this.services.clientsOf(url);
    this.clients.set(url, clients);
    return clients(person);
  }

  async dispose(): Promise<void> {
    await this.services.dispose();
    const proxies = [this.toViews, ...(this.toStore ? [this.toStore.api, this.toStore.others] : [])];
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  }

  private settingsOf(slot: Slot): Readonly<Record<string, string>> {
    const { store, database } = this.services;
    const proxy = slot === 'lead-api' ? this.toStore?.api : this.toStore?.others;
    const viewsDatabase = Object.assign(new URL(database), { hostname: '127.0.0.1', port: String(this.toViews.port) });
    return {
      ...(proxy ? { BATON_EVENT_STORE: store.addressVia(proxy.port) } : {}),
      ...(serviceOf(slot) === 'team-views' ? { BATON_DATABASE: viewsDatabase.href } : {}),
    };
  }
}

async function proxyTo({ host, port }: { readonly host: string; readonly port: number }): Promise<TcpFaultProxy> {
  const proxy = await TcpFaultProxy.start();
  proxy.targetHost = host;
  proxy.targetPort = port;
  return proxy;
}
