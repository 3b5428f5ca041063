import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import { median, percentile, type BenchFigure } from './figure.js';
import { appendLeads, typicalEvent } from './lead-load.js';
import { RawLog } from './raw-log.js';

const CONCURRENT = 128;
const ROUNDS = 7;
const APPENDS_PER_APPENDER = 200;

/** Durable appends against a raw file with grouped fdatasync, and how their time grows with what is stored. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    return [await appendRatio(directory), await latencyGrowth(directory)];
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function appendRatio(directory: string): Promise<BenchFigure> {
  const store = await SqliteEventStore.open({ file: join(directory, 'append.db') });
  const raw = await RawLog.open(join(directory, 'append.log'));
  const ratios: number[] = [];
  const stores: number[] = [];
  const raws: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const stored = await rate(() => appendLeads(store, APPENDS_PER_APPENDER));
    const written = await rate(() => appendLines(raw));
    if (round === 0) continue;
    stores.push(stored);
    raws.push(written);
    ratios.push(stored / written);
  }
  await store.close();
  await raw.close();
  return {
    name: 'durable appends, 128 concurrent, against a raw file with grouped fdatasync',
    value: median(ratios),
    unit: 'ratio',
    must: 0.6,
    aim: 0.75,
    better: 'higher',
    note: `${Math.round(median(stores))}/s against ${Math.round(median(raws))}/s`,
  };
}

/** Appends per second of all appenders together. */
async function rate(appender: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await Promise.all(Array.from({ length: CONCURRENT }, appender));
  return (CONCURRENT * APPENDS_PER_APPENDER * 1_000) / (performance.now() - start);
}

async function appendLines(raw: RawLog): Promise<void> {
  for (let n = 0; n < APPENDS_PER_APPENDER; n++) await raw.append(Buffer.from(`${JSON.stringify(typicalEvent())}\n`));
}

async function latencyGrowth(directory: string): Promise<BenchFigure> {
  const store = await SqliteEventStore.open({ file: join(directory, 'growth.db') });
  await fill(store, 10_000);
  const small = await p99(store);
  await fill(store, 1_000_000);
  const large = await p99(store);
  await store.close();
  return {
    name: 'append p99 with 1 M events stored, against that with 10,000',
    value: large / small,
    unit: 'ratio',
    must: 1.5,
    better: 'lower',
    note: `${large.toFixed(2)} ms against ${small.toFixed(2)} ms`,
  };
}

async function fill(store: SqliteEventStore, total: number): Promise<void> {
  const stored = Number((await store.head()) ?? 0);
  await Promise.all(
    Array.from({ length: CONCURRENT }, () => appendLeads(store, Math.ceil((total - stored) / CONCURRENT))),
  );
}

async function p99(store: SqliteEventStore): Promise<number> {
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: CONCURRENT }, () => appendLeads(store, APPENDS_PER_APPENDER, (ms) => times.push(ms))),
  );
  return percentile(times, 0.99);
}
