import Database from 'better-sqlite3';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Leaf } from '../contracts/leaf.js';
import { StoreFault, type RecordedEvent } from '../event-store/event-store.js';
import { everything } from '../event-store/opened-store.spec-kit.js';
import { readSqliteLog, type LogReading } from '../event-store/sqlite-log-reading.js';
import { SqliteEventStore } from '../event-store/sqlite-event-store.js';
import { compareStream, compareWithStore } from './compare-store.js';
import { newTrailFolder } from './trail.spec-kit.js';
import { TrailFolder } from './trail-folder.js';
import { recorded, stewardChange, WitnessedLog } from './witnessed-log.spec-kit.js';

const T0 = 1_700_000_000;
const SIZE = 150;
const EVERYTHING = '9999-01-01T00:00:00.000Z';
/** `BATON_EVERY_BYTE=1` turns so many more bits: some minutes. */
const EVERY_BYTE = process.env['BATON_EVERY_BYTE'] === '1';
const SAMPLES = EVERY_BYTE ? 10_000 : 120;
const LONGEST_MS = EVERY_BYTE ? 3_600_000 : 120_000;

const log = new WitnessedLog();
const folder = newTrailFolder();
const file = join(folder, 'events.sqlite');
let sound: Buffer;
let events: readonly RecordedEvent[];

beforeAll(async () => {
  const written = recorded(
    Array.from({ length: SIZE }, (_, at) => {
      const stream = `lead-${at % 7}`;
      return { ...stewardChange(stream, Math.floor(at / 7), T0 + at), stream };
    }),
  );
  const store = await SqliteEventStore.open({ file });
  for (const event of written)
    await store.append(event.stream, event.revision === 0 ? 'no-stream' : event.revision - 1, [event]);
  events = await everything(store);
  await store.close();
  // All of it in one file, none in the write-ahead log.
  const database = new Database(file);
  database.pragma('journal_mode = DELETE');
  database.close();
  sound = readFileSync(file);
  log.seal(written, T0 + SIZE);
});
afterAll(() => {
  for (const made of [log.folder, folder]) rmSync(made, { recursive: true });
});

/** The store with one bit turned, for as long as somebody looks into it; what it threw where it cannot be read. */
async function spoilt<Result>(at: number, look: (store: LogReading) => Promise<Result>): Promise<Result | StoreFault> {
  const bytes = Buffer.from(sound);
  bytes[at]! ^= 1 << (at % 7);
  writeFileSync(file, bytes);
  let store: LogReading | undefined;
  try {
    store = readSqliteLog(file);
    return await look(store);
  } catch (fault) {
    if (fault instanceof StoreFault) return fault;
    throw fault;
  } finally {
    await store?.close();
  }
}
const audited = (store: LogReading) => compareWithStore(new TrailFolder(log.folder), SIZE, store, EVERYTHING);
const leavesOf = (stream: string) =>
  log.indexesOf(stream).map((index) => ({ index, leaf: JSON.parse(log.leaves[index]!.toString()) as Leaf }));

describe('A bit that is turned in the bytes of the store', () => {
  it('is found where it is in an event, and the event’s leaf is named', async () => {
    for (const index of [0, 1, 41, 77, SIZE - 1]) {
      const { stream, data } = events[index]!;
      const nonce = sound.indexOf(`"${data['nonce'] as string}"`);
      // In a text; in the name of a member; where it makes it no JSON any more.
      for (const at of [nonce + 3, nonce - 3, sound.lastIndexOf('{', nonce)]) {
        const named = { index, rule: expect.stringMatching(/Hash|no leaf|cannot be read/) as unknown };
        expect([at, await spoilt(at, audited)]).toMatchObject([at, named]);
        const alone = await spoilt(at, (store) => compareStream(leavesOf(stream), store, undefined));
        expect([at, alone]).toMatchObject([at, named]);
      }
    }
  });

  it('is found in a position that is then another event’s, of which no leaf says anything', async () => {
    writeFileSync(file, sound);
    const store = readSqliteLog(file);
    const doubled = {
      readStream: store.readStream.bind(store),
      readAll: async (...asked: Parameters<typeof store.readAll>) =>
        (await store.readAll(...asked)).map((event) =>
          event.position === '41' ? { ...event, position: '40' } : event,
        ),
    };
    const found = await compareWithStore(new TrailFolder(log.folder), SIZE, doubled, EVERYTHING);
    await store.close();
    expect(found).toMatchObject({ index: 40, rule: expect.stringContaining('position of the one before') as unknown });
  });

  it(
    'is found wherever it is, or changes nothing that is read',
    async () => {
      const step = Math.max(1, Math.floor(sound.length / SAMPLES));
      const seen = { found: 0, away: 0, same: 0 };
      for (let at = 7 % step; at < sound.length; at += step) {
        const said = await spoilt(at, async (store) => (await audited(store)) ?? everything(store));
        if (said instanceof StoreFault) seen.away += 1;
        else if ('rule' in said) seen.found += 1;
        else {
          // Free pages, what SQLite looks rows up by, and what it never reads.
          expect([at, said]).toEqual([at, events]);
          seen.same += 1;
        }
      }
      if (EVERY_BYTE) process.stderr.write(`bits of a store of ${sound.length} bytes: ${JSON.stringify(seen)}\n`);
      expect(seen.found).toBeGreaterThan(SAMPLES / 4);
    },
    LONGEST_MS,
  );
});
