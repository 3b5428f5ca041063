import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemo } from '../apps/cli/write-demo.js';
import { canonicalStory } from '../libs/demo/canonical-story.spec-kit.js';
import { everything } from '../libs/event-store/opened-store.spec-kit.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import type { RecordedEvent } from '../libs/event-store/event-store.js';
import { metadataOf } from '../libs/contracts/event-metadata.js';
import { eventName } from '../libs/contracts/event-type.js';
import { publishedValidator } from '../libs/contracts/published-validator.spec-kit.js';
import { LEAD_EVENT_TYPES } from '../libs/lead-lifecycle/lead-events.js';
import type { FunnelRow } from '../libs/team-views/funnel.js';
import { startBaton } from './baton.spec-kit.js';

const SETTINGS = { seed: 7, leads: 150, until: Date.parse('2026-03-31') };
const LONG_MS = 240_000;

let folder: string;
let refusals: ReadonlyMap<string, number>;
let events: readonly RecordedEvent[];

const written = async (name: string, seed = SETTINGS.seed) => {
  const told = await writeDemo(join(folder, name), { ...SETTINGS, seed }, quiet);
  const store = await SqliteEventStore.open({ file: join(folder, name, 'events.sqlite') });
  const all = await everything(store);
  await store.close();
  return { told, all };
};
const quiet = { isTTY: false, write: () => true } as unknown as NodeJS.WriteStream;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-demo-'));
  const { told, all } = await written('quarter');
  refusals = told.refusals;
  events = all;
}, LONG_MS);

afterAll(() => rm(folder, { recursive: true }));

describe('baton demo', () => {
  it('has everything that can happen to a lead', () => {
    const happened = new Set(events.map(({ type }) => eventName(type)));
    expect(LEAD_EVENT_TYPES.filter((type) => !happened.has(type))).toEqual([]);
  });

  it('has every event as its published schema says', () => {
    const wrongWith = publishedValidator();
    expect([...new Set(events.flatMap(wrongWith))]).toEqual([]);
  });

  it('asks for nothing that the commands refuse', () => {
    expect([...refusals]).toEqual([]);
  });

  it('keeps every stream without a gap, in time, and never later than the day it ends before', () => {
    const ends = new Map<string, { revision: number; recordedAt: string }>();
    for (const { stream, revision, metadata } of events) {
      const before = ends.get(stream) ?? { revision: -1, recordedAt: '' };
      const { occurredAt, recordedAt } = metadataOf({ metadata });
      expect(revision).toBe(before.revision + 1);
      expect([before.recordedAt, recordedAt, '2026-03-31'].toSorted()[1]).toBe(recordedAt);
      expect(occurredAt <= recordedAt).toBe(true);
      ends.set(stream, { revision, recordedAt });
    }
  });

  it('has two versions of the policy and of the agreement, each signed by both kinds of team', () => {
    for (const type of ['PolicySigned.v1', 'AgreementSigned.v1']) {
      const signatures = events.filter((event) => event.type === type).map(({ data }) => [data.version, data.teamKind]);
      expect(signatures.map(String).sort()).toEqual(['1,marketing', '1,sales', '2,marketing', '2,sales']);
    }
  });

  it('leaves nobody responsible who has left', () => {
    const owners = new Map<string, unknown>();
    for (const { stream, metadata } of events) {
      const { change } = metadataOf({ metadata });
      if (change?.worker) owners.set(`${stream} worker`, change.worker.to?.person);
      if (change?.steward) owners.set(`${stream} steward`, change.steward.to?.person);
    }
    const left = events.filter(({ type }) => type === 'MemberLeft.v1').map(({ data }) => data.person);
    expect(left).toEqual(['emil', 'max']);
    const merged = events.filter(({ type }) => type === 'LeadMerged.v1').map(({ stream }) => `${stream} steward`);
    const theirs = [...owners].filter(([key, person]) => left.includes(person as string) && !merged.includes(key));
    expect(theirs).toEqual([]);
  });

  it(
    'tells the same story again from the same seed, under other ids, and another from another',
    async () => {
      const again = await written('again');
      expect(canonicalStory(again.all)).toEqual(canonicalStory(events));
      expect(again.all[0]?.id).not.toBe(events[0]?.id);
      const other = await written('other', 8);
      expect(canonicalStory(other.all)).not.toEqual(canonicalStory(events));
    },
    LONG_MS,
  );

  it('marks the folder as a demo, and writes to none that holds anything', async () => {
    expect(await readFile(join(folder, 'quarter', 'DEMO.txt'), 'utf8')).toContain(
      '--seed 7 --leads 150 --until 2026-03-31',
    );
    await expect(writeDemo(join(folder, 'quarter'), SETTINGS, quiet)).rejects.toThrow('is not empty');
  });

  it('is served afterwards: both teams see the same numbers, which are those of the events', async () => {
    const baton = await startBaton({ dataDir: join(folder, 'quarter') });
    try {
      const funnel = async (person: string) =>
        (await baton.as(person).read<{ rows: FunnelRow[] }>('/funnel?by=source')).rows;
      const rows = await funnel('maria');
      expect(await funnel('sven')).toEqual(rows);
      const sum = (metric: keyof FunnelRow['counts']) => rows.reduce((total, { counts }) => total + counts[metric], 0);
      const count = (type: string) => events.filter((event) => event.type === `${type}.v1`).length;
      expect(sum('leads-created')).toBe(count('LeadCreated'));
      expect(sum('hand-offs')).toBe(count('LeadHandedOff'));
      expect(sum('acceptances')).toBe(count('HandoffAccepted'));
      expect(sum('leads-won')).toBe(count('LeadWon'));
    } finally {
      await baton.stop();
    }
  });
});
