import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { QuarterSettings } from '../../libs/demo/quarter.js';
import type { EventStore, NewEvent, RecordedEvent } from '../../libs/event-store/event-store.js';
import { metadataOf } from '../../libs/contracts/event-metadata.js';
import { openEventSigner, SIGNING_KEY_FILE } from '../../libs/event-signing/signing-key.js';
import { openKeyFile } from '../../libs/personal-data/key-file.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { SqliteKeyStore } from '../../libs/personal-data/sqlite-key-store.js';
import { CommandFailed, EXIT } from './exit-codes.js';

/** Marks a data directory whose people and history are made up. */
export const DEMO_MARK = 'DEMO.txt';
/** `baton token` makes it, also before there is anything else. */
const DEV_KEY = 'dev-key.pem';
const PAGE = 1_000;

/** @throws CommandFailed where the folder holds anything but a development key */
export function claimEmpty(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (readdirSync(dataDir).some((name) => name !== DEV_KEY)) {
    throw new CommandFailed(EXIT.unusableInput, `${dataDir} is not empty: the demo is written to a new folder only`);
  }
}

/** Keys of the folder's own, as of every other: only the story is seeded, never a secret. */
export async function openDemoKeys(dataDir: string, store: EventStore) {
  const ring = openKeyFile(join(dataDir, 'keys.json'), randomBytes);
  const signer = await openEventSigner(store, join(dataDir, SIGNING_KEY_FILE), randomBytes);
  return { ring, signer, keys: await SqliteKeyStore.open(join(dataDir, 'contacts.sqlite'), ring, randomBytes) };
}

/**
 * Writes the played history into the folder's event store: the same events in the same order, command by command. It is
 * played in memory first, since half a hundred thousand commands one after the other would wait for the disk each time.
 *
 * @param written told after every page how many events are on disk
 */
export async function keepHistory(dataDir: string, played: EventStore, written: (events: number) => void) {
  const store = await SqliteEventStore.open({ file: join(dataDir, 'events.sqlite') });
  try {
    let after: string | undefined;
    let count = 0;
    for (;;) {
      const page = await played.readAll({ limit: PAGE, ...(after === undefined ? {} : { after }) });
      if (page.length === 0) return;
      // A command at the page's end may go on in the next: an append may be parted there, since it is not yet read.
      await Promise.all(commits(page).map((events) => append(store, events)));
      after = page.at(-1)?.position;
      written((count += page.length));
    }
  } finally {
    await store.close();
  }
}

/** So that whoever finds the folder knows what it is, and how to make it again. */
export function markAsDemo(dataDir: string, { seed, leads, until }: QuarterSettings): void {
  const day = new Date(until).toISOString().slice(0, 10);
  const lines = [
    `A made-up quarter, written by: baton demo --seed ${seed} --leads ${leads} --until ${day}`,
    'Nobody in it exists. Do not use this folder for real leads.',
    '',
  ];
  writeFileSync(join(dataDir, DEMO_MARK), lines.join('\n'), { flag: 'wx', mode: 0o600 });
}

/** Events of one command on one stream, which were one append. */
function commits(page: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] {
  const parts: RecordedEvent[][] = [];
  for (const event of page) {
    const last = parts.at(-1);
    const before = last?.at(-1);
    const isSame = before?.stream === event.stream && metadataOf(before).commandId === metadataOf(event).commandId;
    if (last && isSame) last.push(event);
    else parts.push([event]);
  }
  return parts;
}

async function append(store: EventStore, events: readonly RecordedEvent[]): Promise<void> {
  const [first] = events;
  if (!first) return;
  const fresh = events.map(({ id, type, data, metadata }): NewEvent => ({ id, type, data, metadata }));
  const result = await store.append(first.stream, first.revision === 0 ? 'no-stream' : first.revision - 1, fresh);
  if (!result.ok) throw new Error(`${first.stream} has other events already`);
}
