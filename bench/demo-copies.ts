import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { writeDemo } from '../apps/cli/write-demo.js';
import type { EventStore, NewEvent, RecordedEvent } from '../libs/event-store/event-store.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import { inParallel } from './at-once.js';

const AT_ONCE = 64;
const PAGE = 5_000;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const COPIED = /^(lead|contact)-/;
const PEOPLE = 2_000;

/**
 * A made-up quarter in the folder, and copies of all its leads and contacts under other ids until there are as many
 * leads as asked for: every state, reason and team that the demo has, in its proportions.
 *
 * @returns how many there are
 */
export async function fillWithDemo(
  directory: string,
  leads: number,
): Promise<{ readonly leads: number; readonly events: number }> {
  const until = Date.parse(new Date().toISOString().slice(0, 10));
  await writeDemo(directory, { seed: 1, leads: Math.min(leads, PEOPLE), until }, process.stderr);
  const store = await SqliteEventStore.open({ file: join(directory, 'events.sqlite') });
  try {
    const streams = await demoStreams(store);
    const ofDemo = [...streams.keys()].filter((stream) => stream.startsWith('lead-')).length;
    let all = ofDemo;
    for (; all < leads; all += ofDemo) await copyOnce(store, streams);
    return { leads: all, events: Number(await store.head()) };
  } finally {
    await store.close();
  }
}

type Streams = ReadonlyMap<string, readonly RecordedEvent[]>;

async function demoStreams(store: EventStore): Promise<Streams> {
  const streams = new Map<string, RecordedEvent[]>();
  let after: string | undefined;
  for (;;) {
    const page = await store.readAll({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    const last = page.at(-1);
    if (last === undefined) return streams;
    for (const event of page) {
      if (!COPIED.test(event.stream)) continue;
      const events = streams.get(event.stream) ?? [];
      events.push(event);
      streams.set(event.stream, events);
    }
    after = last.position;
  }
}

/** Leads and contacts that name each other do so in the copy too; nothing here opens what is sealed or looks at signatures. */
async function copyOnce(store: EventStore, streams: Streams): Promise<void> {
  const names = [...streams.keys()];
  const ids = new Map(names.map((stream) => [stream.slice(stream.indexOf('-') + 1), randomUUID()]));
  const renamed = (text: string): string => text.replace(UUID, (id) => ids.get(id) ?? id);
  await inParallel(names.length, AT_ONCE, async (at) => {
    const name = names[at] ?? '';
    const events = (streams.get(name) ?? []).map(({ type, data, metadata }): NewEvent => {
      const said = JSON.parse(renamed(JSON.stringify({ data, metadata }))) as Pick<NewEvent, 'data' | 'metadata'>;
      return { id: randomUUID(), type, ...said };
    });
    const appended = await store.append(renamed(name), 'no-stream', events);
    if (!appended.ok) throw new Error(`${name} has a copy already`);
  });
}
