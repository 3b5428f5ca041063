import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventSigner } from '../../libs/event-signing/event-signer.js';
import type { NewEvent } from '../../libs/event-store/event-store.js';
import { leadFold } from '../../libs/lead-commands/folds.js';
import { leadStream } from '../../libs/lead-commands/lead-commands.service.js';
import { SIGNATURE_TYPE } from '../../libs/transparency-log/note-key.js';
import { noteSigner } from '../../libs/transparency-log/note-signer.js';
import { inParallel, secondsOf } from '../at-once.js';
import { assertDone, CommandServices, envelopeOf, TOUCH, type LeadHistory } from '../command-services.js';
import { median, type BenchFigure } from '../figure.js';
import { copyLeads } from '../lead-copies.js';

const ROUNDS = 7;
const COMMANDS = 4_000;
const AT_ONCE = 64;

/** What a command would be without signatures. */
class NoSigner extends EventSigner {
  override sign(_stream: string, _revision: number, events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    return Promise.resolve(events);
  }
}
const UNSIGNED = new NoSigner(noteSigner('bench', SIGNATURE_TYPE.ed25519, Buffer.alloc(32)));

/** The command path without HTTP, the same commands with and without signatures in turns. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const services = await CommandServices.open(directory);
  try {
    const history = await services.typicalHistory();
    const pairs: [signed: number, unsigned: number][] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const signed = await touchEach(services, history);
      const unsigned = await touchEach(services, history, UNSIGNED);
      // The first warms up.
      if (round > 0) pairs.push([signed, unsigned]);
    }
    const rate = (column: 0 | 1) => `${Math.round(COMMANDS / median(pairs.map((pair) => pair[column])))}/s`;
    return [
      {
        name: 'throughput that signing costs a command, streams kept folded',
        value: 100 * median(pairs.map(([signed, unsigned]) => 1 - unsigned / signed)),
        unit: '%',
        must: 15,
        better: 'lower',
        note: `${rate(0)} against ${rate(1)}`,
      },
    ];
  } finally {
    await services.close();
    await rm(directory, { recursive: true });
  }
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
