import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { RecordedEvent } from './event-store.js';
import { everything } from './opened-store.spec-kit.js';
import { SqliteEventStore } from './sqlite-event-store.js';

const ROUNDS = 5;
const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Lines of `append-until-killed.mjs`: stream, revision, id, SHA-256 of the event's JSON. */
type Acknowledged = readonly string[];

const WHOLE_LINE = /^\S+ \d+ \S+ [0-9a-f]{64}$/;

/** Kills the appender when it has had so many appends acknowledged; answers with all that it printed. */
async function appendAndKill(file: string, acknowledgements: number): Promise<Acknowledged> {
  const appender = spawn(
    process.execPath,
    [root('test/append-until-killed.mjs'), root('dist/libs/event-store/sqlite-event-store.js'), file],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: appender.stdout })) {
    lines.push(line);
    if (lines.length === 1) await expectRefused(file);
    if (lines.length === acknowledgements) appender.kill('SIGKILL');
  }
  expect(await exitSignal(appender)).toBe('SIGKILL');
  // The kill may cut the line that was being written: what was not said to the end was not acknowledged.
  return WHOLE_LINE.test(lines.at(-1) ?? '') ? lines : lines.slice(0, -1);
}

async function expectRefused(file: string): Promise<void> {
  await expect(SqliteEventStore.open({ file })).rejects.toThrow(/is already open/);
}

const exitSignal = (child: ChildProcess): Promise<NodeJS.Signals | null> =>
  new Promise((resolve) => {
    if (child.signalCode !== null || child.exitCode !== null) resolve(child.signalCode);
    else child.once('exit', (_, signal) => resolve(signal));
  });

const lineOf = ({ stream, revision, id, data, metadata }: RecordedEvent): string =>
  `${stream} ${revision} ${id} ${createHash('sha256')
    .update(JSON.stringify([data, metadata]))
    .digest('hex')}`;

it('loses no acknowledged event and leaves no gap when it is killed in the middle of load, again and again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'baton-kill-'));
  const file = join(directory, 'events.db');
  const acknowledged: string[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged.push(...(await appendAndKill(file, randomInt(500, 4_000))));
      const store = await SqliteEventStore.open({ file });
      const stored = await everything(store, 10_000);
      await store.close();

      const present = new Set(stored.map(lineOf));
      expect(acknowledged.filter((line) => !present.has(line))).toEqual([]);
      const next = new Map<string, number>();
      for (const { stream, revision } of stored) {
        expect(revision).toBe(next.get(stream) ?? 0);
        next.set(stream, revision + 1);
      }
      const database = new Database(file, { readonly: true });
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}, 120_000);
