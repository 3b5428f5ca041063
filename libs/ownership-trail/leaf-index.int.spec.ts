import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { RecordedEvent } from '../event-store/event-store.js';
import { recordedAll, shuffledAcrossStreams } from '../projection-runner/projection.spec-kit.js';
import { decidedLeads } from '../team-views/decided-history.spec-kit.js';
import { seeded } from '../team-views/lead-history.spec-kit.js';
import { LeafIndex } from './leaf-index.js';
import { publishedSize, sealEvents } from './sealed-log.spec-kit.js';
import { NotIndexedYet, TrailAnswers } from './trail-answers.js';
import { newTrailFolder } from './trail.spec-kit.js';

const EVENTS = shuffledAcrossStreams(seeded(5))(recordedAll(decidedLeads(5, 30, 50)));
/** The same leads with another first event. */
const OTHER_EVENTS = EVENTS.map((event, at): RecordedEvent =>
  at === 0 ? { ...event, data: { ...event.data, nonce: 'another' } } : event,
);
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

async function sealed(events: readonly RecordedEvent[], batch = 300): Promise<string> {
  const folder = newTrailFolder();
  folders.push(folder);
  await sealEvents(folder, events, batch);
  return folder;
}

const fileIn = (folder: string): string => join(folder, 'index.sqlite');

async function caughtUp(file: string, folder: string): Promise<number> {
  const index = await LeafIndex.open(file, folder);
  try {
    return await index.catchUp();
  } finally {
    await index.close();
  }
}

/** All rows of an index, table by table. */
function dump(file: string): Record<string, string[]> {
  const database = new Database(file, { readonly: true });
  const tables = ['index_version', 'index_progress', 'leaf', 'held', 'lead_change'];
  const rows = tables.map((table) => [
    table,
    database
      .prepare(`select * from ${table}`)
      .all()
      .map((row) => JSON.stringify(row))
      .sort(),
  ]);
  database.close();
  return Object.fromEntries(rows) as Record<string, string[]>;
}

function change(file: string, statement: string): void {
  const database = new Database(file);
  database.exec(statement);
  database.close();
}

describe('the index of the leaves', () => {
  it('has the same rows whether it came along with the log or was made at its end', async () => {
    const folder = newTrailFolder();
    folders.push(folder);
    const along = await LeafIndex.open(fileIn(folder), folder);
    await sealEvents(folder, EVENTS, 97, async () => {
      expect(await along.catchUp()).toBe(publishedSize(folder));
    });
    await along.close();
    const anew = join(folder, 'anew.sqlite');
    expect(await caughtUp(anew, folder)).toBe(EVENTS.length);
    expect(dump(anew)).toEqual(dump(fileIn(folder)));
    expect(dump(anew)['leaf']).toHaveLength(EVENTS.length);
  });

  it('is made anew where it is of another version, ahead of the log, or of another log', async () => {
    const [long, short, other] = [await sealed(EVENTS), await sealed(EVENTS.slice(0, 500)), await sealed(OTHER_EVENTS)];
    const file = fileIn(long);
    await caughtUp(file, long);
    const expected = dump(file);
    const damaged: (() => unknown)[] = [
      () => change(file, 'update index_version set version = 99'),
      () => change(file, 'drop table lead_change; drop table index_version'),
      () => caughtUp(file, short),
      () => caughtUp(file, other),
    ];
    for (const damage of damaged) {
      await Promise.resolve(damage());
      expect(await caughtUp(file, long)).toBe(EVENTS.length);
      expect(dump(file)).toEqual(expected);
    }
    // Ahead: it had more than this log has.
    expect(await caughtUp(file, short)).toBe(500);
    expect(dump(file)['leaf']).toHaveLength(500);
    // Unlike: as many leaves, and others.
    await caughtUp(file, long);
    await caughtUp(file, other);
    expect(dump(file)['index_progress']).not.toEqual(expected['index_progress']);
    expect(dump(file)['leaf']).toHaveLength(EVENTS.length);
  });

  it('stays where it was at a log that is not what its checkpoint says, and goes on once it is', async () => {
    const folder = newTrailFolder();
    folders.push(folder);
    await sealEvents(folder, EVENTS.slice(0, 600), 300);
    const file = fileIn(folder);
    await caughtUp(file, folder);
    const before = dump(file);
    await sealEvents(folder, EVENTS.slice(600), 300);
    const path = join(folder, 'tile/entries/002');
    const whole = readFileSync(path);
    for (const broken of [flipped(whole, whole.length - 5_000), whole.subarray(0, 9_000)]) {
      writeFileSync(path, broken);
      await expect(caughtUp(file, folder)).rejects.toThrow(/entries|leaf/);
      expect(dump(file)).toEqual(before);
    }
    writeFileSync(path, whole);
    expect(await caughtUp(file, folder)).toBe(EVENTS.length);
  });

  it('answers nothing before anything is published', async () => {
    const folder = newTrailFolder();
    folders.push(folder);
    const index = await LeafIndex.open(fileIn(folder), folder);
    try {
      expect(await index.catchUp()).toBe(0);
      const asked = new TrailAnswers(index).ofLead('00000000-0000-8000-8000-000000000000');
      await expect(asked).rejects.toThrow(NotIndexedYet);
      await sealEvents(folder, [], 1);
      expect(await index.catchUp()).toBe(0);
      const { found, checkpoint } = await new TrailAnswers(index).ofLead('00000000-0000-8000-8000-000000000000');
      expect([found, checkpoint.size]).toEqual([undefined, 0]);
    } finally {
      await index.close();
    }
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
