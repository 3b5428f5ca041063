import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import { median, percentile, type BenchFigure } from './figure.js';
import { appendLeads, lineOf, typicalEvent } from './lead-load.js';
import { RawLog } from './raw-log.js';

const CONCURRENT = 128;
const ROUNDS = 9;
const APPENDS_PER_APPENDER = 200;
const LATENCY_ROUNDS = 5;

/** Durable appends against a raw file with grouped fdatasync, and how their time grows with what is stored. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    return [...(await againstRawFile(directory)), await latencyGrowth(directory)];
  } finally {
    await rm(directory, { recursive: true });
  }
}

/**
 * The peer makes each event's line as the store makes its JSON, for both are handed objects; beside that, as a floor,
 * the same with lines made beforehand. Rounds alternate; the first warms up.
 */
async function againstRawFile(directory: string): Promise<BenchFigure[]> {
  const store = await SqliteEventStore.open({ file: join(directory, 'append.db') });
  const raw = await RawLog.open(join(directory, 'append.log'));
  const readyLine = lineOf(typicalEvent());
  const rates: [store: number, lines: number, ready: number][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const stored = await rate(() => appendLeads(store, APPENDS_PER_APPENDER));
    const lines = await rate(() => appendLines(raw, () => lineOf(typicalEvent())));
    const ready = await rate(() => appendLines(raw, () => readyLine));
    if (round > 0) rates.push([stored, lines, ready]);
  }
  await store.close();
  await raw.close();
  const perSecond = (column: 0 | 1 | 2): string => `${Math.round(median(rates.map((row) => row[column])))}/s`;
  const name = 'durable appends, 128 concurrent, against a raw file with grouped fdatasync';
  return [
    {
      name,
      value: median(rates.map(([stored, lines]) => stored / lines)),
      unit: 'ratio',
      must: 0.6,
      aim: 0.75,
      better: 'higher',
      note: `${perSecond(0)} against ${perSecond(1)}`,
    },
    {
      name: `${name}, its bytes made beforehand`,
      value: median(rates.map(([stored, , ready]) => stored / ready)),
      unit: 'ratio',
      better: 'higher',
      note: `${perSecond(0)} against ${perSecond(2)}`,
    },
  ];
}

/** Appends per second of all appenders together. */
async function rate(appender: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await Promise.all(Array.from({ length: CONCURRENT }, appender));
  return (CONCURRENT * APPENDS_PER_APPENDER * 1_000) / (performance.now() - start);
}

async function appendLines(raw: RawLog, line: () => Buffer): Promise<void> {
  for (let n = 0; n < APPENDS_PER_APPENDER; n++) await raw.append(line());
}

/** Two stores, one with a hundred times as many events, are measured in turn, so that the machine's mood is the same. */
async function latencyGrowth(directory: string): Promise<BenchFigure> {
  const small = await filled(join(directory, 'small.db'), 10_000);
  const large = await filled(join(directory, 'large.db'), 1_000_000);
  const times: [small: number, large: number][] = [];
  for (let round = 0; round <= LATENCY_ROUNDS; round++) {
    const both: [number, number] = [await p99(small), await p99(large)];
    if (round > 0) times.push(both);
  }
  await small.close();
  await large.close();
  const [smallTime, largeTime] = [median(times.map(([ms]) => ms)), median(times.map(([, ms]) => ms))];
  return {
    name: 'append p99 with 1 M events stored, against that with 10,000',
    value: median(times.map(([fewer, more]) => more / fewer)),
    unit: 'ratio',
    must: 1.5,
    better: 'lower',
    note: `${largeTime.toFixed(2)} ms against ${smallTime.toFixed(2)} ms`,
  };
}

async function filled(file: string, events: number): Promise<SqliteEventStore> {
  const store = await SqliteEventStore.open({ file });
  await Promise.all(Array.from({ length: CONCURRENT }, () => appendLeads(store, Math.ceil(events / CONCURRENT))));
  return store;
}

/** Milliseconds within which 99 of 100 appends are answered, 32 at a time; few enough to leave `small` small. */
async function p99(store: SqliteEventStore): Promise<number> {
  const times: number[] = [];
  await Promise.all(Array.from({ length: 32 }, () => appendLeads(store, 64, (ms) => times.push(ms))));
  return percentile(times, 0.99);
}
