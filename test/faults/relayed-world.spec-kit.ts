import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everything } from '../../libs/event-store/opened-store.spec-kit.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { readPublished, wronglyPublished } from '../../libs/event-relay/published.spec-kit.js';
import { makeTopics, testSettings } from '../../libs/kafka-client/kafka-broker.spec-kit.js';
import type { KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import { randomLeads } from '../../libs/team-views/lead-history.spec-kit.js';
import { brokenStream } from '../log-check.spec-kit.js';
import { SpawnedRelay, type RelayPlan } from './spawned-relay.spec-kit.js';

/** Events that the writer may be ahead of the relay: load without end, but no more than can be checked. */
const MOST_AHEAD = 1_500;
const LEADS_AT_ONCE = 40;
const MOST_EVENTS_PER_LEAD = 12;
const LONGEST_LAG_MS = 60_000;

/** A store that is written to, relays that bring it to Kafka, and what must hold whatever happens to them. */
export class RelayedWorld {
  readonly acknowledged: string[] = [];
  private readonly relays: SpawnedRelay[] = [];
  private writing: Promise<void> = Promise.resolve();
  private isEnding = false;
  private wake: () => void = () => undefined;
  private head = 0;

  private constructor(
    readonly directory: string,
    readonly settings: KafkaSettings,
    readonly store: SqliteEventStore,
  ) {}

  static async open(address: string): Promise<RelayedWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'baton-faults-'));
    const settings = testSettings(address);
    await makeTopics(settings);
    const store = await SqliteEventStore.open({ file: join(directory, 'events.sqlite') });
    return new RelayedWorld(directory, settings, store);
  }

  get file(): string {
    return join(this.directory, 'events.sqlite');
  }

  /** how far any of the relays said that it is */
  get position(): number {
    return Math.max(0, ...this.relays.map(({ position }) => position));
  }

  relay(plan: Partial<RelayPlan> = {}): SpawnedRelay {
    const relay = new SpawnedRelay(this.file, { settings: this.settings, batchSize: 100, ...plan });
    this.relays.push(relay);
    relay.watch(() => this.wake());
    return relay;
  }

  /** Writes random leads' histories, event by event, until `settle`. */
  load(): void {
    this.writing = this.write();
  }

  /** Ends the load; then `relay` brings all that there is, in time. Answers after how many seconds the lag was 0. */
  async settle(relay: SpawnedRelay): Promise<number> {
    this.isEnding = true;
    this.wake();
    await this.writing;
    const start = performance.now();
    const late = setTimeout(() => relay.signal('SIGKILL'), LONGEST_LAG_MS);
    await relay.until(() => relay.position >= this.head);
    clearTimeout(late);
    const seconds = (performance.now() - start) / 1_000;
    expect(relay.position).toBe(this.head);
    relay.signal('SIGTERM');
    expect(await relay.ended).toBe(0);
    return seconds;
  }

  /** V1, V2 and V7, computed from store and topics. Says in one line what was done. */
  async check(what: string, lagSeconds: number): Promise<void> {
    const stored = await everything(this.store, 10_000);
    expect(brokenStream(stored)).toBeUndefined();
    expect(stored.map(({ id }) => id).sort()).toEqual(this.acknowledged.toSorted());
    expect(wronglyPublished(stored, await readPublished(this.settings))).toBeUndefined();
    const line = `${what}; ${stored.length} events: V1 V2 V7 hold, lag 0 after ${lagSeconds.toFixed(1)} s (V12)\n`;
    process.stderr.write(line);
  }

  async close(): Promise<void> {
    this.isEnding = true;
    this.wake();
    await this.writing;
    for (const relay of this.relays) relay.signal('SIGKILL');
    await Promise.all(this.relays.map((relay) => relay.ended));
    await this.store.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async write(): Promise<void> {
    for (let seed = 1; !this.isEnding; seed += 1) {
      const leads = randomLeads(seed, LEADS_AT_ONCE, MOST_EVENTS_PER_LEAD);
      for (let at = 0; at < MOST_EVENTS_PER_LEAD; at += 1) {
        for (const { stream, events } of leads) {
          const event = events[at];
          if (event === undefined) continue;
          const appended = await this.store.append(stream, at === 0 ? 'no-stream' : at - 1, [event]);
          if (!appended.ok) throw new Error(`${stream} is written by somebody else`);
          this.acknowledged.push(event.id);
          this.head = Number(appended.position);
        }
        while (!this.isEnding && this.head - this.position > MOST_AHEAD) {
          await new Promise<void>((resolve) => (this.wake = resolve));
        }
      }
    }
  }
}

/** How often a fault is done: a few times in the tests, as often as told in `npm run faults`. */
export const faultCount = (usual: number): number => Number(process.env.BATON_FAULTS ?? usual);
