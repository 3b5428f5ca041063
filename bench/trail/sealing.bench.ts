import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { fsck } from '../../libs/ownership-trail/fsck.js';
import { EventSigner } from '../../libs/event-signing/event-signer.js';
import { Sealer } from '../../libs/ownership-trail/sealer.js';
import { SealingKeys } from '../../libs/ownership-trail/sealing-keys.js';
import { TrailFolder } from '../../libs/ownership-trail/trail-folder.js';
import { TrailLog } from '../../libs/ownership-trail/trail-log.js';
import { formatVkey, idHex, SIGNATURE_TYPE } from '../../libs/transparency-log/note-key.js';
import { noteSigner } from '../../libs/transparency-log/note-signer.js';
import { parsePolicy } from '../../libs/transparency-log/policy-file.js';
import { TileHashes } from '../../libs/transparency-log/tile-hashes.js';
import { formatTlogProof } from '../../libs/transparency-log/tlog-proof.js';
import { secondsOf } from '../at-once.js';
import { CommandServices } from '../command-services.js';
import { percentile, type BenchFigure } from '../figure.js';

const LEAVES = Number(process.env.BATON_BENCH_LEAVES ?? 1_000_000);
/** For the rate of sealing a batch that is waiting, and the rest of the log. */
const BATCH = 1_000;
const BUNDLES = 50;
const LEAVES_PER_LEAD = 20;
const SIGNER = noteSigner('log.example/bench', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 1));
const EVENT_SIGNER = noteSigner('baton-events', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 2));

/** Sealing a real lead's events again and again under other ids, and checking the log that comes of it. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const folder = join(directory, 'trail');
  const services = await CommandServices.open(directory);
  try {
    const { lead } = await services.typicalHistory();
    const { log, sealer } = await openForSealing(folder);
    let sealing = 0;
    for (let position = 0; position < LEAVES; position += BATCH) {
      const events = await copies(lead, position);
      sealing += await secondsOf(() => sealer.seal(events));
    }
    const lastCheckpoint = log.pending;
    await log.files.write([{ path: 'checkpoint', bytes: lastCheckpoint }]);
    log.close();

    const policy = parsePolicy(Buffer.from(`log ${formatVkey(SIGNER.key)}\nquorum none\n`));
    if (!policy.ok) throw new Error(policy.problem);
    let size: number | undefined;
    const checking = await secondsOf(async () => {
      const report = await fsck(folder, { policy: policy.value });
      if (report.verdict === 'tampered') throw new Error(report.rule);
      size = report.size;
    });
    const opening = await secondsOf(async () => (await openForSealing(folder)).log.close());
    const proving = await proofTimes(folder, lastCheckpoint);
    return [
      figure(
        'sealing into durable files, event signatures checked',
        LEAVES / sealing,
        'leaves/s',
        'higher',
        2_000,
        5_000,
        `${BATCH} a batch`,
      ),
      figure(
        `checking ${LEAVES} leaves, every tile and stream`,
        checking,
        's',
        'lower',
        120,
        60,
        `${size} leaves, without event signatures`,
      ),
      figure('opening the log for sealing, which checks all of it', opening, 's', 'lower'),
      figure(
        `inclusion proofs of a lead's ${LEAVES_PER_LEAD} leaves, p99`,
        percentile(proving, 0.99),
        'ms',
        'lower',
        50,
        undefined,
        'proofs only: the bundle is not built yet',
      ),
    ];
  } finally {
    await services.close();
    await rm(directory, { recursive: true });
  }
}

/** A batch of leads' events, each lead whole or going on in the next batch, signed as their writer would. */
async function copies(lead: readonly RecordedEvent[], from: number): Promise<RecordedEvent[]> {
  const writer = new EventSigner(EVENT_SIGNER);
  return Promise.all(
    Array.from({ length: Math.min(BATCH, LEAVES - from) }, async (_, at) => {
      const position = from + at;
      const event = lead[position % lead.length];
      if (event === undefined) throw new Error('the lead has no events');
      const stream = `lead-${Math.floor(position / lead.length)}`;
      const { sig: _sig, ...metadata } = event.metadata;
      const [signed] = await writer.sign(stream, event.revision, [
        { ...event, id: `${stream}-${event.revision}`, metadata },
      ]);
      if (signed === undefined) throw new Error('the writer signed nothing');
      return { ...signed, stream, revision: event.revision, position: String(position + 1) };
    }),
  );
}

/** Opened and read through, with a sealer that knows the writer's key. */
async function openForSealing(folder: string): Promise<{ log: TrailLog; sealer: Sealer }> {
  const log = await TrailLog.open({ folder, signers: [SIGNER] });
  await log.check();
  const { key } = EVENT_SIGNER;
  const keys = new SealingKeys(new Map([[idHex(key.id), { key, from: '1970-01-01T00:00:00.000Z' }]]));
  return { log, sealer: new Sealer(log, keys) };
}

/** Milliseconds each, from cold tiles but warm files; a lead's leaves lie apart. */
async function proofTimes(folder: string, checkpoint: string): Promise<readonly number[]> {
  const files = new TrailFolder(folder);
  const times: number[] = [];
  for (let bundle = 0; bundle < BUNDLES; bundle += 1) {
    const begin = performance.now();
    const hashes = new TileHashes(files.readTile, LEAVES);
    for (let at = 0; at < LEAVES_PER_LEAD; at += 1) {
      const index = (bundle * 7_919 + at * 48_611) % LEAVES;
      formatTlogProof({ index, proof: await hashes.inclusion(index), checkpoint });
    }
    times.push(performance.now() - begin);
  }
  return times;
}

function figure(
  name: string,
  value: number,
  unit: string,
  better: BenchFigure['better'],
  must?: number,
  aim?: number,
  note?: string,
): BenchFigure {
  return {
    name,
    value,
    unit,
    better,
    ...(must === undefined ? {} : { must }),
    ...(aim === undefined ? {} : { aim }),
    ...(note === undefined ? {} : { note }),
  };
}
