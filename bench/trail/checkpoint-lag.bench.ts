import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSigner } from '../../libs/event-signing/event-signer.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { TrailThread } from '../../libs/ownership-trail/trail-thread.js';
import { formatVkey, SIGNATURE_TYPE } from '../../libs/transparency-log/note-key.js';
import { noteSigner } from '../../libs/transparency-log/note-signer.js';
import { percentile, type BenchFigure } from '../figure.js';

const SECONDS = 20;
const PER_SECOND = 500;
/** Events are written this many times a second, some at once. */
const TURNS = 50;

/** From an event's durable append to the published checkpoint over it, without witnesses, in the thread of `npm start`. */
export async function run(): Promise<BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const storeFile = join(directory, 'events.sqlite');
  const writer = noteSigner('baton-events', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 2));
  const store = await SqliteEventStore.open({ file: storeFile });
  const appendedAt: number[] = [];
  const lags: number[] = [];
  let published = 0;
  const trail = await TrailThread.start({
    data: { storeFile, place: { folder: join(directory, 'trail'), writerKey: formatVkey(writer.key) } },
    committed: (signal) => store.committed(signal),
    observe: (seen) => {
      if (seen.kind !== 'published') return;
      const now = performance.now();
      for (; published < seen.size; published += 1) lags.push(now - (appendedAt[published] ?? now));
    },
  });
  try {
    const signer = new EventSigner(writer);
    const begin = performance.now();
    for (let turn = 0; turn < SECONDS * TURNS; turn += 1) {
      await appendSome(store, signer, turn, PER_SECOND / TURNS);
      for (let at = 0; at < PER_SECOND / TURNS; at += 1) appendedAt.push(performance.now());
      await sleep(Math.max(0, begin + ((turn + 1) * 1_000) / TURNS - performance.now()));
    }
    while (published < appendedAt.length) await sleep(100);
    return [
      {
        name: `checkpoint behind the event at ${PER_SECOND} events/s, p99`,
        value: percentile(lags, 0.99) / 1_000,
        unit: 's',
        better: 'lower',
        must: 2,
        note: `${lags.length} events, without witnesses`,
      },
    ];
  } finally {
    await trail.stop();
    await store.close();
    await rm(directory, { recursive: true });
  }
}

/** A stream for each turn. */
async function appendSome(store: SqliteEventStore, signer: EventSigner, turn: number, count: number): Promise<void> {
  const stream = `lead-${turn}`;
  const events = Array.from({ length: count }, () => ({
    id: randomUUID(),
    type: 'LeadContacted.v1',
    data: { nonce: randomUUID(), channel: 'mail', note: 'x'.repeat(300) },
    metadata: {
      occurredAt: '2026-01-01T00:00:00.000Z',
      recordedAt: new Date().toISOString(),
      actor: { kind: 'human', id: 'maria', role: 'marketing', team: 'north' },
      authn: { iss: 'https://issuer.example', how: 'oidc' },
      commandId: randomUUID(),
    },
  }));
  await store.append(stream, 'no-stream', await signer.sign(stream, 0, events));
}
