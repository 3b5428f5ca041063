import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everything } from '../libs/event-store/opened-store.spec-kit.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { brokenCommand, brokenStream, type Heard } from './log-check.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';
import { SpawnedBaton } from './spawned-baton.spec-kit.js';

const WRITERS = 24;
const ANSWERS_BEFORE_STOP = 200;

describe('A process that is told to stop', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'baton-stop-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('finishes what it has begun, keeps all that it answered, and leaves with 0', async () => {
    const baton = await SpawnedBaton.start(dataDir);
    await formTeams(baton.as, ['north-marketing']);
    const heard: Heard[] = [];
    const stopping: number[] = [];
    /** Sends until nobody listens any more. */
    const write = async (): Promise<void> => {
      for (;;) {
        const answer = await baton
          .as('maria')
          .post<LeadAnswer>('/leads', newLead({ details: { email: `${randomUUID()}@a.example` } }))
          .catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status === 201) heard.push({ status: 201, events: answer.body.events.map(({ id }) => id) });
        else stopping.push(answer.status);
        if (heard.length === ANSWERS_BEFORE_STOP) baton.kill('SIGTERM');
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
    expect(await baton.ended).toEqual({ code: 0, signal: null });
    expect(heard.length).toBeGreaterThanOrEqual(ANSWERS_BEFORE_STOP);
    expect(stopping.filter((status) => status !== 503)).toEqual([]);

    const store = await SqliteEventStore.open({ file: join(dataDir, 'events.sqlite') });
    const stored = await everything(store, 10_000);
    await store.close();
    expect(brokenStream(stored)).toBeUndefined();
    expect(brokenCommand(stored, heard)).toBeUndefined();
    expect(baton.output.at(-1)).toMatch(/"msg":"stopped"/);
  });

  it('writes its log as JSON lines, and answers how it is', async () => {
    const baton = await SpawnedBaton.start(dataDir);
    try {
      expect(new URL(baton.url).hostname).toBe('127.0.0.1');
      await formTeams(baton.as, ['north-marketing']);
      await baton.as('maria').done('/leads', newLead());
      await baton.as('maria').refused(400, '/leads', {});
      expect(await (await fetch(`${baton.url}/healthz`)).json()).toEqual({ alive: true });
      expect(await (await fetch(`${baton.url}/readyz`)).json()).toMatchObject({ ready: true });
      const metrics = await (await fetch(`${baton.url}/metrics`)).text();
      expect(metrics).toMatch(/^# TYPE baton_views_behind_seconds gauge$/m);
      expect(metrics).toMatch(/route="\/leads",status="201"/);
    } finally {
      baton.kill('SIGTERM');
      await baton.ended;
    }
    const lines = baton.output.map((line) => JSON.parse(line) as { level: string; msg: string; service: string });
    for (const line of lines) expect(line).toMatchObject({ service: 'baton', time: expect.any(String) as string });
    expect(lines.filter(({ msg }) => msg === 'request').length).toBeGreaterThan(6);
    expect(lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  });

  it('that another holds does not start, and says why in one line', async () => {
    const baton = await SpawnedBaton.start(dataDir);
    try {
      await expect(SpawnedBaton.start(dataDir)).rejects.toThrow(/baton does not start: .*already open/);
    } finally {
      baton.kill('SIGTERM');
      await baton.ended;
    }
  });
});
