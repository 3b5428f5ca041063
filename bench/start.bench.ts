import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonApi } from './baton-api.js';
import { CreatingClient } from './create-requests.js';
import { median, type BenchFigure } from './figure.js';
import { startBaton } from './started-baton.js';

const STARTS = 5;
const CREATES = 5_000;
const CONNECTIONS = 50;

interface Started {
  /** from the fork to its line in the log */
  readonly seconds: number;
  /** MB, once it listens */
  readonly resident: number;
  /** MB, after 5,000 creates */
  readonly afterCreates: number;
}

/** `npm start` as it stands, on a new folder each time. */
export async function run(): Promise<BenchFigure[]> {
  const starts: Started[] = [];
  for (let start = 0; start < STARTS; start += 1) starts.push(await startOnce());
  const of = (pick: (started: Started) => number): number => median(starts.map(pick));
  const memory = { unit: 'MB', must: 200, better: 'lower' } as const;
  return [
    { name: 'start to listening', value: of(({ seconds }) => seconds), unit: 's', must: 1.5, better: 'lower' },
    { name: 'resident after the start', value: of(({ resident }) => resident), ...memory },
    { name: 'resident after 5,000 creates', value: of(({ afterCreates }) => afterCreates), ...memory },
  ];
}

async function startOnce(): Promise<Started> {
  const dataDir = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const before = performance.now();
  const { server, url } = await startBaton(dataDir);
  try {
    const seconds = (performance.now() - before) / 1_000;
    const resident = await megabytesOf(server.pid);
    const api = await BatonApi.of(url, dataDir);
    await api.agree();
    await new CreatingClient(url, CONNECTIONS, await api.tokenOf('form')).create(CREATES);
    return { seconds, resident, afterCreates: await megabytesOf(server.pid) };
  } finally {
    await server.stop('SIGTERM');
    await rm(dataDir, { recursive: true });
  }
}

/** Resident memory of a process in MB (10⁶ bytes); Linux only. */
async function megabytesOf(pid: number): Promise<number> {
  const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1_024) / 1e6;
}
