import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeadAnswer } from '../../libs/lead-commands/http/command-answer.dto.js';
import type { Problem } from '../../libs/http-kit/problem.js';
import { everything } from '../../libs/event-store/opened-store.spec-kit.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { commandsOn, brokenCommand, brokenStream, type Heard } from '../log-check.spec-kit.js';
import { formTeams, newLead, signPolicy } from '../people.spec-kit.js';
import { SpawnedBaton } from '../spawned-baton.spec-kit.js';
import { until } from '../until.spec-kit.js';
import { faultCount } from './relayed-world.spec-kit.js';
import { SmallDisk } from './small-disk.spec-kit.js';

const LONGEST_MS = 120_000 + faultCount(0) * 20_000;
const DISK_MB = 64;
const WRITERS = 6;

describe('the embedded program on a disk without room', () => {
  let disk: SmallDisk | undefined;
  let baton: SpawnedBaton;
  let dataDir: string;
  beforeAll(async () => {
    disk = await SmallDisk.mount(DISK_MB);
    if (!disk) return;
    dataDir = join(disk.folder, 'data');
    await mkdir(dataDir, { mode: 0o700 });
    baton = await SpawnedBaton.start(dataDir);
    await formTeams(baton.as);
    await signPolicy(baton.as);
  });
  afterAll(async () => {
    if (!disk) return;
    baton.kill('SIGKILL');
    await baton.ended;
    await disk.unmount();
  });

  const readiness = async (): Promise<number> => (await fetch(`${baton.url}/readyz`)).status;

  it(
    'F18: refuses commands with a clear problem, answers queries, does nothing by halves, and goes on when there is room',
    async () => {
      if (!disk) return;
      const rounds = Math.ceil(faultCount(1) / 10);
      const heard: Heard[] = [];
      const refusals: Problem[] = [];
      let isOver = false;
      /** Each command is sent under its key until it is done. */
      const write = async (): Promise<void> => {
        while (!isOver) {
          const [key, body] = [randomUUID(), newLead()];
          for (;;) {
            const answer = await baton.as('maria').post<LeadAnswer & Problem>('/leads', body, { key });
            if (answer.status < 300) {
              heard.push({ status: answer.status, events: answer.body.events.map(({ id }) => id) });
              break;
            }
            refusals.push(answer.body);
          }
        }
      };
      const writing = Promise.all(Array.from({ length: WRITERS }, write));
      const done = (more: number): Promise<unknown> => {
        const wanted = heard.length + more;
        return until(readiness, () => heard.length >= wanted, `${more} more commands`, 60_000);
      };
      for (let round = 0; round < rounds; round += 1) {
        await done(50);
        const before = refusals.length;
        await disk.fill();
        await until(readiness, (status) => status === 503 && refusals.length >= before + 20, 'unready', 60_000);
        const known = (await baton.as('maria').read<{ leads: { lead: string }[] }>('/leads?limit=1')).leads[0]!.lead;
        expect(await baton.as('maria').read(`/leads/${known}`)).toMatchObject({ lead: known });
        await disk.empty();
        // The answer, so that a failure says what is not ready.
        const readyz = async () => {
          const answer = await fetch(`${baton.url}/readyz`);
          return { status: answer.status, body: await answer.text() };
        };
        await until(readyz, ({ status }) => status === 200, 'ready', 60_000);
      }
      await done(50);
      isOver = true;
      await writing;
      for (const { status, type, detail } of refusals) {
        expect({ status, type }).toEqual({ status: 503, type: 'urn:baton:problem:overloaded' });
        expect(detail).toMatch(/^The (event store|store of keys|database of views) cannot work just now/);
      }
      baton.kill('SIGTERM');
      expect(await baton.ended).toMatchObject({ code: 0 });
      const store = await SqliteEventStore.open({ file: join(dataDir, 'events.sqlite') });
      const events = await everything(store, 2_000);
      await store.close();
      expect(brokenStream(events)).toBeUndefined();
      expect(brokenCommand(events, heard)).toBeUndefined();
      expect(commandsOn(events, 'lead').size).toBe(heard.length);
      process.stderr.write(
        `F18: the embedded program's disk full ${rounds} times; ${heard.length} commands, ${refusals.length} refusals, ` +
          `${events.length} events: V1 V2 hold, it said so and went on (V11)\n`,
      );
    },
    LONGEST_MS,
  );
});
