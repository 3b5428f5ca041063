import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandServices } from './command-services.js';
import { median, type BenchFigure } from './figure.js';
import { copyLeads } from './lead-copies.js';
import { LineProcess } from './line-process.js';
import { startBaton } from './started-baton.js';

const EVENTS = 500_000;
const ROUNDS = 3;
const KIB_PER_MB = 1_024;

interface Exported {
  readonly code: number;
  readonly seconds: number;
  readonly megabytes: number;
}

/** `baton export events` to Parquet: a server in one process, the command in another, HTTP between them. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    await fill(directory);
    // The first start builds the views; what that takes is another figure, and must not stand in this one's memory.
    await (await startBaton(directory)).server.stop('SIGTERM');
    const { server, url } = await startBaton(directory);
    try {
      const rounds: Exported[] = [];
      for (let round = 0; round < ROUNDS; round += 1) rounds.push(await exported(directory, url));
      return [
        {
          name: 'Parquet export of events over HTTP',
          value: median(rounds.map(({ seconds }) => EVENTS / seconds)),
          unit: 'events/s',
          must: 100_000,
          better: 'higher',
          note: 'server and command each a process',
        },
        memory('memory of the command during the export, at most', Math.max(...rounds.map((one) => one.megabytes))),
        memory('memory of the server during the export, at most', await peakOf(server.pid)),
      ];
    } finally {
      await server.stop('SIGTERM');
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

const memory = (name: string, value: number): BenchFigure => ({ name, value, unit: 'MB', must: 300, better: 'lower' });

async function fill(directory: string): Promise<void> {
  const services = await CommandServices.open(directory);
  const history = await services.typicalHistory();
  await copyLeads(services.store, history, EVENTS / history.lead.length, { withContacts: false });
  await services.close();
}

async function exported(directory: string, url: string): Promise<Exported> {
  const out = join(directory, 'events.parquet');
  const argv = ['events', '--out', out, '--url', url, '--data', directory];
  const command = new LineProcess(join(import.meta.dirname, 'export-process.js'), argv);
  const said = await command.hear<Exported>();
  await command.stop();
  if (said.code !== 0) throw new Error(`the export ended with ${said.code}`);
  return said;
}

/** Megabytes that a process took at most since its start, by Linux. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) / KIB_PER_MB;
}
