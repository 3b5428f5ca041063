import { allProjections } from '../../apps/composition/projections.js';
import { metadataOf } from '../../libs/contracts/event-metadata.js';
import { readPublished, wronglyPublished } from '../../libs/event-relay/published.spec-kit.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { everything } from '../../libs/event-store/opened-store.spec-kit.js';
import { afterFeed, canonicalDump, feedOf } from '../../libs/projection-runner/projection.spec-kit.js';
import { openSqlite } from '../../libs/read-database/read-database.spec-kit.js';
import { PostgresReadDatabase } from '../../libs/read-database/postgres-read-database.js';
import { brokenCommand, brokenStream } from '../log-check.spec-kit.js';
import { soon, type Chain, type Slot } from './chain.spec-kit.js';
import type { Sent } from './chain-load.spec-kit.js';

/** V12; in the run of all tests two suites share the machine. */
const LONGEST_LAG_MS = process.env.BATON_FAULTS === undefined ? 120_000 : 60_000;

const BEHIND = /^baton_(?:relay|views|routing)_behind_seconds (\S+)$/m;

/**
 * Waits until everything that is in the store is published, in the views, and seen by the routing, which may write more
 * of itself. Answers after how many seconds.
 *
 * @throws naming who stands where that takes too long
 */
export async function settled(chain: Chain): Promise<number> {
  const start = performance.now();
  const store = await chain.services.store.open();
  try {
    for (;;) {
      const before = await store.head();
      const behind = await Promise.all(
        (['event-relay', 'team-views 1', 'team-views 2', 'lead-routing'] as const).map(async (slot) => {
          const metrics = await fetch(`${await chain.process(slot).url}/metrics`, {
            signal: AbortSignal.timeout(10_000),
          }).then((answer) => answer.text(), String);
          return { slot, seconds: Number(BEHIND.exec(metrics)?.[1] ?? Infinity) };
        }),
      );
      const seconds = (performance.now() - start) / 1_000;
      if (behind.every((one) => one.seconds === 0) && before === (await store.head())) return seconds;
      if (seconds * 1_000 > LONGEST_LAG_MS) {
        const last = behind.filter((one) => one.seconds > 0).map(({ slot }) => saidOf(chain, slot));
        throw new Error(
          `V12: still behind after ${seconds.toFixed(0)} s: ${JSON.stringify(behind)}\n${last.join('\n')}`,
        );
      }
      await soon();
    }
  } finally {
    await store.close();
  }
}

/** The end of a process's log, without the requests. */
export function saidOf(chain: Chain, slot: Slot): string {
  const lines = chain.process(slot).lines.filter((line) => !line.includes('"msg":"request"'));
  return [slot, ...lines.slice(-8)].join('\n');
}

/**
 * V1, V2, V5 and V7, computed from store, topics and read database. Answers how many events there are.
 *
 * @param poisoned streams into which the test itself wrote, and from which revision on: no command's, and in no view
 */
export async function checkStores(
  chain: Chain,
  sent: readonly Sent[],
  poisoned: ReadonlyMap<string, number> = new Map(),
): Promise<number> {
  const store = await chain.services.store.open();
  try {
    const stored = await everything(store, 4_000);
    expect(brokenStream(stored)).toBeUndefined();
    checkCommands(
      stored.filter(({ stream }) => !poisoned.has(stream)),
      sent,
    );
    expect(wronglyPublished(stored, await readPublished(chain.services.kafka))).toBeUndefined();
    const isPoison = ({ stream, revision }: RecordedEvent): boolean => revision >= (poisoned.get(stream) ?? Infinity);
    await checkViews(
      chain,
      stored.filter((event) => !isPoison(event)),
    );
    return stored.length;
  } finally {
    await store.close();
  }
}

/** V2 */
function checkCommands(stored: readonly RecordedEvent[], sent: readonly Sent[]): void {
  expect(brokenCommand(stored, sent)).toBeUndefined();
  expect(sent.filter(({ wanted, status = 0 }) => (wanted === 'done') !== status < 300)).toEqual([]);
  const byPeople = stored.filter(
    (event) => event.stream.startsWith('lead-') && metadataOf(event).authn.how !== 'internal',
  );
  const commands = new Set(byPeople.map((event) => metadataOf(event).commandId));
  expect(commands.size).toBe(sent.filter(({ wanted }) => wanted === 'done').length);
  const qualified = stored.filter(({ type }) => type === 'LeadQualified.v1').map(({ stream }) => stream);
  const handedOff = stored.filter(({ type }) => type === 'LeadHandedOff.v1').map(({ stream }) => stream);
  expect(handedOff.toSorted()).toEqual(qualified.toSorted());
}

/** V5: the rows that were kept up live are those of a quiet rebuild from the store's first event. */
async function checkViews(chain: Chain, stored: readonly RecordedEvent[]): Promise<void> {
  const live = await PostgresReadDatabase.open({ url: chain.services.database });
  const quiet = await openSqlite();
  try {
    await afterFeed(quiet.database, allProjections(), feedOf(stored, 1_000), async () => {
      for (const projection of allProjections()) {
        const rows = await canonicalDump(live, projection);
        expect({ [projection.name]: rows }).toEqual({
          [projection.name]: await canonicalDump(quiet.database, projection),
        });
      }
    });
  } finally {
    await live.close();
    await quiet.dispose();
  }
}
