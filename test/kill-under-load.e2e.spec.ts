import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metadataOf } from '../libs/contracts/event-metadata.js';
import type { RecordedEvent } from '../libs/event-store/event-store.js';
import { everything } from '../libs/event-store/opened-store.spec-kit.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { brokenCommand, brokenStream, type Heard } from './log-check.spec-kit.js';
import { formTeams, goodLead, signPolicy, TEAMS } from './people.spec-kit.js';
import { SpawnedBaton } from './spawned-baton.spec-kit.js';
import { until } from './until.spec-kit.js';

const ROUNDS = 5;
const WRITERS = 16;
const CREATORS = ['maria', 'max', 'mona'];

/** How `fetch` says that a connection ended before the answer did. */
const CUT_OFF = ['fetch failed', 'terminated'];

/** What a writer sent and what it heard of it, once it was answered at last. */
interface Sent extends Heard {
  readonly wanted: 'done' | 'refused';
}

/** A process that is killed and started again while writers go on writing. */
class Restarted {
  #answers = 0;
  #awaited: { answers: number; resolve: () => void } | undefined;
  #current: Promise<SpawnedBaton>;

  constructor(private readonly dataDir: string) {
    this.#current = SpawnedBaton.start(dataDir);
  }

  get current(): Promise<SpawnedBaton> {
    return this.#current;
  }

  /** Resolves in the middle of the load: when so many more commands were answered. */
  async whenAnswered(more: number): Promise<void> {
    await new Promise<void>((resolve) => (this.#awaited = { answers: this.#answers + more, resolve }));
  }

  /** As one would by hand: gone at once, then started again. */
  async killAndStart(): Promise<void> {
    const killed = await this.#current;
    killed.kill('SIGKILL');
    this.#current = killed.ended.then(() => SpawnedBaton.start(this.dataDir));
    expect(await killed.ended).toEqual({ code: null, signal: 'SIGKILL' });
    await this.#current;
  }

  /** Sends a command again, under the same key, until it is answered. */
  async command(person: string, path: string, body: object): Promise<{ status: number; body: LeadAnswer }> {
    const key = randomUUID();
    for (;;) {
      const { as } = await this.#current;
      try {
        const answer = await as(person).post<LeadAnswer>(path, body, { key });
        if (answer.status >= 500) continue;
        this.#answers += 1;
        if (this.#answers === this.#awaited?.answers) this.#awaited.resolve();
        return answer;
      } catch (fault) {
        // Cut off in the middle: whether it was done, nobody knows. So it is asked again.
        if (!CUT_OFF.includes((fault as Error).message)) throw fault;
      }
    }
  }
}

/** Creates leads that qualify, works on them, and sends what must be refused, until it is told to end. */
async function write(baton: Restarted, person: string, sent: Sent[], ending: { now: boolean }): Promise<void> {
  const send = async (path: string, body: object, wanted: Sent['wanted']): Promise<LeadAnswer> => {
    const { status, body: answer } = await baton.command(person, path, body);
    sent.push({ wanted, status, events: status < 300 ? answer.events.map(({ id }) => id) : [] });
    return answer;
  };
  while (!ending.now) {
    const { lead } = await send('/leads', goodLead({ details: { email: `${randomUUID()}@a.example` } }), 'done');
    await send(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots', note: 'again' }, 'done');
    await send(`/leads/${lead}/record-interest`, { source: 'email' }, 'refused');
    await send(`/leads/${lead}/withdraw-qualification`, { reason: 'no-such-reason' }, 'refused');
  }
}

describe('kill -9 under load, again and again', () => {
  let dataDir: string;
  let sent: Sent[];
  let stored: readonly RecordedEvent[];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'baton-kill-'));
    const baton = new Restarted(join(dataDir, 'data'));
    const { as } = await baton.current;
    await formTeams(as, ['north-marketing', 'north-sales']);
    await signPolicy(as);

    sent = [];
    const ending = { now: false };
    const writers = Array.from({ length: WRITERS }, (_, n) => write(baton, CREATORS[n % 3]!, sent, ending));
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.race([baton.whenAnswered(randomInt(40, 160)), Promise.all(writers)]);
      await baton.killAndStart();
    }
    ending.now = true;
    await Promise.all(writers);

    const last = await baton.current;
    await until(
      async () => (await fetch(`${last.url}/metrics`)).text(),
      (metrics) => /^baton_routing_behind_seconds 0$/m.test(metrics),
      'lead-routing at the end of the log',
    );
    last.kill('SIGTERM');
    expect(await last.ended).toEqual({ code: 0, signal: null });
    const store = await SqliteEventStore.open({ file: join(dataDir, 'data', 'events.sqlite') });
    stored = await everything(store, 10_000);
    await store.close();
  }, 180_000);
  afterAll(() => rm(dataDir, { recursive: true }));

  it('leaves every stream without gap or duplicate', () => {
    expect(sent.length).toBeGreaterThan(200);
    expect(brokenStream(stored)).toBeUndefined();
  });

  it('has every command that was answered in the log exactly once, and nothing of the refused', () => {
    expect(brokenCommand(stored, sent)).toBeUndefined();
    expect(sent.filter(({ wanted, status = 0 }) => (wanted === 'done') !== status < 300)).toEqual([]);
    const byPeople = stored.filter(
      (event) => event.stream.startsWith('lead-') && metadataOf(event).authn.how === 'dev',
    );
    const commands = new Set(byPeople.map((event) => metadataOf(event).commandId));
    expect(commands.size).toBe(sent.filter(({ wanted }) => wanted === 'done').length);
  });

  it('hands every qualified lead off exactly once, with all that sales has to know', () => {
    const qualified = stored.filter(({ type }) => type === 'LeadQualified.v1').map(({ stream }) => stream);
    const handedOff = stored.filter(({ type }) => type === 'LeadHandedOff.v1');
    expect(qualified.length).toBeGreaterThan(50);
    expect(handedOff.map(({ stream }) => stream).toSorted()).toEqual(qualified.toSorted());
    for (const { data } of handedOff) {
      expect(data.packet).toMatchObject({
        whyNow: 'policy-passed',
        source: expect.any(String) as string,
        topic: 'robots',
        touches: 0,
        qualification: { kind: 'policy', total: 60 },
      });
    }
  });

  it('takes everybody in turn all the same', () => {
    const offers = stored
      .filter(({ type }) => type === 'LeadHandedOff.v1')
      .map(({ data }) => (data.offeree as { person: string }).person);
    const counts = TEAMS['north-sales']!.members.map((member) => offers.filter((one) => one === member).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });
});
