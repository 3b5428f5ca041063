import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/open-eventstoredb.js';
import { leadFold } from '../../libs/lead-commands/folds.js';
import { leadStream } from '../../libs/lead-commands/lead-commands.service.js';
import { inParallel, secondsOf } from '../at-once.js';
import { assertDone, CommandServices, envelopeOf, TOUCH, type LeadHistory } from '../command-services.js';
import { median, type BenchFigure, type SkippedFigure } from '../figure.js';
import { copyLeads } from '../lead-copies.js';
import type { LineProcess } from '../line-process.js';
import { peersInstalled, startPeer, withoutPeers } from '../peers.js';
import { WORKER } from '../people.js';

const NAME = 'commands on EventStoreDB (load 8, append 1, 32 at a time), against emmett-esdb doing the same';
const AT_ONCE = 32;
const ROUNDS = 5;
const COMMANDS = 1_000;

/**
 * A command on each of many leads of eight events, on the EventStoreDB that BATON_TEST_EVENTSTORE names: every stream
 * read first, and streams kept folded as the running service keeps them. Both write to the same server, in turns.
 */
export async function run(): Promise<readonly (BenchFigure | SkippedFigure)[]> {
  const address = process.env['BATON_TEST_EVENTSTORE'];
  if (address === undefined)
    return [{ name: NAME, skipped: 'BATON_TEST_EVENTSTORE names no server, as esdb://127.0.0.1:2113?tls=false' }];
  if (!peersInstalled('esdb')) return [withoutPeers(NAME)];
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  // A namespace of its own: the server may hold other runs' leads.
  const store = await openEventStoreDb({ address, namespace: `bench${randomUUID().replaceAll('-', '')}` });
  const services = await CommandServices.open(directory, store);
  const peer = startPeer('esdb/commands');
  try {
    await peer.hear();
    return await measured(services, peer, await services.typicalHistory());
  } finally {
    await peer.stop();
    await services.close();
    await rm(directory, { recursive: true });
  }
}

async function measured(services: CommandServices, peer: LineProcess, history: LeadHistory): Promise<BenchFigure[]> {
  const seconds: { cold: number; theirs: number; cached: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const cold = await touchEach(services, history, false);
    const theirs = await peerTouchesEach(peer, history);
    const cached = await touchEach(services, history, true);
    // The first warms up.
    if (round > 0) seconds.push({ cold, theirs, cached });
  }
  const rate = (of: 'cold' | 'theirs' | 'cached'): string =>
    `${Math.round(COMMANDS / median(seconds.map((row) => row[of])))}/s`;
  const figure = (name: string, of: 'cold' | 'cached', must: number): BenchFigure => ({
    name: `${NAME}, ${name}`,
    value: median(seconds.map((row) => row.theirs / row[of])),
    unit: '×',
    must,
    better: 'higher',
    note: `${rate(of)} against ${rate('theirs')}`,
  });
  return [figure('streams in the cache', 'cached', 1.5), figure('cold', 'cold', 1)];
}

/** Seconds for one command on each of as many new leads. */
async function touchEach(services: CommandServices, history: LeadHistory, isCached: boolean): Promise<number> {
  const leads = await copyLeads(services.store, history, COMMANDS, { withContacts: true });
  const { commands, streams } = services.leadCommands();
  if (isCached) await inParallel(COMMANDS, AT_ONCE, (at) => streams.load(leadStream(leads[at] ?? ''), leadFold));
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
