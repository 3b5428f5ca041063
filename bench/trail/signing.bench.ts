import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventSigner } from '../../libs/event-signing/event-signer.js';
import { leadFold } from '../../libs/lead-commands/folds.js';
import { leadStream } from '../../libs/lead-commands/lead-commands.service.js';
import { inParallel, secondsOf } from '../at-once.js';
import { assertDone, CommandServices, envelopeOf, TOUCH, type LeadHistory } from '../command-services.js';
import { batonSide, CREATES, type Side } from '../creating-side.js';
import { median, type BenchFigure } from '../figure.js';
import { copyLeads } from '../lead-copies.js';
import { UNSIGNED } from '../unsigned-events.js';

const ROUNDS = 7;
const COMMANDS = 4_000;
const AT_ONCE = 64;

/**
 * A command as somebody sends it, over HTTP to a server on files, and the command path alone, in process: with signatures
 * and without them, in turns. Sealing is left out of both: it is not waited for.
 */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    return [await overHttp(directory), await inProcess(directory)];
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function overHttp(directory: string): Promise<BenchFigure> {
  const sides: Side[] = [];
  try {
    for (const kind of ['unsealed', 'unsigned']) sides.push(await batonSide(kind, join(directory, kind)));
    const [signed, unsigned] = sides as [Side, Side];
    const pairs = await inTurns(
      () => signed.round(),
      () => unsigned.round(),
    );
    return figureOf('throughput that signing costs a create over HTTP, 50 connections', pairs, CREATES);
  } finally {
    for (const { process } of sides) await process.stop();
  }
}

async function inProcess(directory: string): Promise<BenchFigure> {
  const services = await CommandServices.open(directory);
  try {
    const history = await services.typicalHistory();
    const pairs = await inTurns(
      () => touchEach(services, history),
      () => touchEach(services, history, UNSIGNED),
    );
    return figureOf('throughput that signing costs a command in process, streams kept folded', pairs, COMMANDS);
  } finally {
    await services.close();
  }
}

type Pair = readonly [signed: number, unsigned: number];

async function inTurns(signed: () => Promise<number>, unsigned: () => Promise<number>): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  // The first warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const pair = [await signed(), await unsigned()] as const;
    if (round > 0) pairs.push(pair);
  }
  return pairs;
}

function figureOf(name: string, pairs: readonly Pair[], count: number): BenchFigure {
  const rate = (column: 0 | 1) => `${Math.round(count / median(pairs.map((pair) => pair[column])))}/s`;
  const value = 100 * median(pairs.map(([signed, unsigned]) => 1 - unsigned / signed));
  return { name, value, unit: '%', must: 15, better: 'lower', note: `${rate(0)} against ${rate(1)}` };
}

/** Seconds for one command on each of as many leads. */
async function touchEach(services: CommandServices, history: LeadHistory, signer?: EventSigner): Promise<number> {
  const leads = await copyLeads(services.store, history, COMMANDS, { withContacts: true });
  const { commands, streams } = services.leadCommands(signer);
  for (const lead of leads) await streams.load(leadStream(lead), leadFold);
  return secondsOf(() =>
    inParallel(COMMANDS, AT_ONCE, async (at) => {
      assertDone(await commands.execute(leads[at] ?? '', TOUCH, envelopeOf('sven')));
    }),
  );
}
