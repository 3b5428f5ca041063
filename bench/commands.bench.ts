import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leadFold } from '../libs/lead-commands/folds.js';
import { leadStream } from '../libs/lead-commands/lead-commands.service.js';
import { inParallel, secondsOf } from './at-once.js';
import { assertDone, CommandServices, envelopeOf, TOUCH, type LeadHistory } from './command-services.js';
import { median, type BenchFigure, type SkippedFigure } from './figure.js';
import { copyLeads } from './lead-copies.js';
import type { LineProcess } from './line-process.js';
import { peersInstalled, startPeer, withoutPeers } from './peers.js';
import { WORKER } from './people.js';

const AT_ONCE = 32;
const ROUNDS = 7;
const COMMANDS = 1_000;
const NAME = 'load 8 events, decide, append 1, 32 at a time, against emmett on PostgreSQL';

/** A command on each of many leads of eight events, as a worker's program sends it, against emmett doing the like. */
export async function run(): Promise<(BenchFigure | SkippedFigure)[]> {
  if (!peersInstalled()) return [withoutPeers(NAME)];
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const services = await CommandServices.open(directory);
  const peer = startPeer('commands');
  try {
    await peer.hear();
    return await rounds(services, peer, await services.typicalHistory());
  } finally {
    await peer.stop();
    await services.close();
    await rm(directory, { recursive: true });
  }
}

async function rounds(services: CommandServices, peer: LineProcess, history: LeadHistory): Promise<BenchFigure[]> {
  const seconds: [cold: number, cached: number, peer: number][] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const cold = await touchEach(services, history, { cached: false });
    const theirs = await peerTouchesEach(peer, history);
    const cached = await touchEach(services, history, { cached: true });
    // The first warms up.
    if (round > 0) seconds.push([cold, cached, theirs]);
  }
  const figure = (name: string, column: 0 | 1): BenchFigure => ({
    name: `${NAME}${name}`,
    value: median(seconds.map((row) => row[2] / row[column])),
    unit: '×',
    must: 4,
    aim: 7,
    better: 'higher',
    note: `${rate(seconds.map((row) => row[column]))} against ${rate(seconds.map((row) => row[2]))}`,
  });
  return [figure(', every stream read', 0), figure(', streams kept folded', 1)];
}

const rate = (seconds: readonly number[]): string => `${Math.round(COMMANDS / median(seconds))}/s`;

/** Seconds for one command on each of as many new leads. */
async function touchEach(
  services: CommandServices,
  history: LeadHistory,
  { cached }: { readonly cached: boolean },
): Promise<number> {
  const leads = await copyLeads(services.store, history, COMMANDS, { withContacts: true });
  const { commands, streams } = services.leadCommands();
  if (cached) {
    for (const lead of leads) await streams.load(leadStream(lead), leadFold);
  }
  return secondsOf(() =>
    inParallel(COMMANDS, AT_ONCE, async (at) => {
      assertDone(await commands.execute(leads[at] ?? '', TOUCH, envelopeOf('sven')));
    }),
  );
}

/** The same by the peer: its events carry what Baton's carry, so that both write about as many bytes. */
async function peerTouchesEach(peer: LineProcess, { lead }: LeadHistory): Promise<number> {
  const history = lead.map(({ type, data, metadata }) => ({ type: type.replace('.v1', ''), data, metadata }));
  await peer.ask({ ask: 'prepare', count: COMMANDS, history });
  const data = { by: WORKER, channel: TOUCH.channel, direction: TOUCH.direction };
  const metadata = lead.at(-1)?.metadata;
  const { seconds } = await peer.ask<{ seconds: number }>({ ask: 'run', atOnce: AT_ONCE, data, metadata });
  return seconds;
}
