import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventKeys } from '../../libs/contracts/event-keys.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { parseBundle } from '../../libs/ownership-trail/bundle-format.js';
import { CheckpointArchive } from '../../libs/ownership-trail/checkpoint-archive.js';
import { fsck } from '../../libs/ownership-trail/fsck.js';
import { EventSigner } from '../../libs/event-signing/event-signer.js';
import { leadBundle } from '../../libs/ownership-trail/lead-bundle.js';
import { Sealer } from '../../libs/ownership-trail/sealer.js';
import { SealingKeys } from '../../libs/ownership-trail/sealing-keys.js';
import { TrailFolder } from '../../libs/ownership-trail/trail-folder.js';
import { TrailLog } from '../../libs/ownership-trail/trail-log.js';
import { verifyBundle } from '../../libs/ownership-trail/verify-bundle.js';
import { formatVkey, idHex, SIGNATURE_TYPE } from '../../libs/transparency-log/note-key.js';
import { noteSigner } from '../../libs/transparency-log/note-signer.js';
import { parsePolicy } from '../../libs/transparency-log/policy-file.js';
import type { TlogPolicy } from '../../libs/transparency-log/tlog-policy.js';
import { secondsOf } from '../at-once.js';
import { CommandServices } from '../command-services.js';
import { percentile, type BenchFigure } from '../figure.js';

const LEAVES = Number(process.env.BATON_BENCH_LEAVES ?? 1_000_000);
/** For the rate of sealing a batch that is waiting, and the rest of the log. */
const BATCH = 1_000;
/** Events that were written at once, and so signed together. */
const SIGNED_TOGETHER = 32;
const BUNDLES = 50;
const SIGNER = noteSigner('log.example/bench', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 1));
const EVENT_SIGNER = noteSigner('baton-events', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 2));
const EVENT_KEYS: EventKeys = new Map([
  [idHex(EVENT_SIGNER.key.id), { key: EVENT_SIGNER.key, from: '1970-01-01T00:00:00.000Z' }],
]);

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
      await log.files.write([{ path: `checkpoints/${log.size}`, bytes: log.pending }]);
    }
    await log.files.write([{ path: 'checkpoint', bytes: log.pending }]);
    log.close();

    const policy = parsePolicy(Buffer.from(`log ${formatVkey(SIGNER.key)}\nquorum none\n`));
    if (!policy.ok) throw new Error(policy.problem);
    let size: number | undefined;
    const checking = await secondsOf(async () => {
      const report = await fsck(folder, { policy: policy.value, eventKeys: EVENT_KEYS });
      if (report.verdict === 'tampered') throw new Error(report.rule);
      size = report.size;
    });
    const opening = await secondsOf(async () => (await openForSealing(folder)).log.close());
    const bundles = await bundleTimes(folder, policy.value, Math.min(lead.length, LEAVES / BATCH));
    return [
      figure(
        'sealing into durable files, event signatures checked',
        LEAVES / sealing,
        'leaves/s',
        'higher',
        2_000,
        5_000,
        `${BATCH} at once, signed ${SIGNED_TOGETHER} together`,
      ),
      figure(
        `checking ${LEAVES} leaves, every event signature, tile and stream`,
        checking,
        's',
        'lower',
        120,
        60,
        `${size} leaves, ${availableParallelism()} threads`,
      ),
      figure('opening the log for sealing, which checks all of it', opening, 's', 'lower'),
      figure(
        `a bundle of a lead's ${bundles.leaves} leaves made, p99`,
        percentile(bundles.made, 0.99),
        'ms',
        'lower',
        50,
        undefined,
        'from files, with kept checkpoints',
      ),
      figure('and verified, p99', percentile(bundles.verified, 0.99), 'ms', 'lower', 50),
    ];
  } finally {
    await services.close();
    await rm(directory, { recursive: true });
  }
}

/** A batch: the next event of as many leads, signed as their writer would, so that each lead's leaves lie far apart. */
async function copies(lead: readonly RecordedEvent[], from: number): Promise<RecordedEvent[]> {
  const writer = new EventSigner(EVENT_SIGNER);
  const batch = Math.floor(from / BATCH);
  const event = lead[batch % lead.length];
  if (event === undefined) throw new Error('the lead has no events');
  const { sig: _sig, ...metadata } = event.metadata;
  const firstLead = Math.floor(batch / lead.length) * BATCH;
  const signed = async (at: number): Promise<RecordedEvent> => {
    const stream = `lead-${firstLead + at}`;
    const copy = { ...event, id: `${stream}-${event.revision}`, metadata };
    const [written] = await writer.sign(stream, event.revision, [copy]);
    if (written === undefined) throw new Error('the writer signed nothing');
    return { ...written, stream, revision: event.revision, position: String(from + at + 1) };
  };
  const count = Math.min(BATCH, LEAVES - from);
  const events: RecordedEvent[] = [];
  for (let at = 0; at < count; at += SIGNED_TOGETHER) {
    const length = Math.min(SIGNED_TOGETHER, count - at);
    events.push(...(await Promise.all(Array.from({ length }, (_, of) => signed(at + of)))));
  }
  return events;
}

/** Opened and read through, with a sealer that knows the writer's key. */
async function openForSealing(folder: string): Promise<{ log: TrailLog; sealer: Sealer }> {
  const log = await TrailLog.open({ folder, signers: [SIGNER] });
  await log.check();
  return { log, sealer: new Sealer(log, new SealingKeys(EVENT_KEYS)) };
}

/** Milliseconds each, from cold tiles but warm files; a lead's leaves lie apart, each in another batch. */
async function bundleTimes(folder: string, policy: TlogPolicy, leaves: number) {
  const archive = new CheckpointArchive(new TrailFolder(folder));
  const [made, verified]: [number[], number[]] = [[], []];
  for (let bundle = 0; bundle < BUNDLES; bundle += 1) {
    const indexes = Array.from({ length: leaves }, (_, at) => bundle + at * BATCH);
    const begin = performance.now();
    const bytes = Buffer.from(JSON.stringify(await leadBundle(folder, indexes, archive)));
    const ready = performance.now();
    const read = parseBundle(bytes);
    const checked = read.ok && verifyBundle(read.value, { policy, eventKeys: EVENT_KEYS, skew: 1e9 });
    if (!checked || !checked.ok) throw new Error(checked ? checked.rule : 'the bundle cannot be read');
    made.push(ready - begin);
    verified.push(performance.now() - ready);
  }
  return { leaves, made, verified };
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
