import { playQuarter, type QuarterSettings, type Told } from '../../libs/demo/quarter.js';
import { MemoryEventStore } from '../../libs/event-store/memory-event-store.js';
import { cachingKeyStore } from '../../libs/personal-data/caching-key-store.js';
import { createLogger } from '../../libs/telemetry/logger.js';
import { claimEmpty, keepHistory, markAsDemo, openDemoKeys } from './demo-directory.js';
import { DemoStage } from './demo-stage.js';
import { DAY, QUARTER_DAYS } from '../../libs/demo/working-time.js';
import { DemoProgress } from './demo-progress.js';

/**
 * Plays a quarter into an empty data directory.
 *
 * @throws CommandFailed where the folder holds anything but a development key
 */
export async function writeDemo(data: string, settings: QuarterSettings, out: NodeJS.WriteStream): Promise<Told> {
  claimEmpty(data);
  markAsDemo(data, settings);
  const store = new MemoryEventStore();
  const { ring, signer, keys } = await openDemoKeys(data, store);
  const begin = settings.until - QUARTER_DAYS * DAY;
  const progress = new DemoProgress(out, begin, settings.until);
  try {
    const stage = new DemoStage({
      store,
      keys: cachingKeyStore(keys, { elapsed: () => performance.now() }),
      ring,
      signer,
      logger: createLogger('baton-demo', 'error'),
    });
    await stage.open(begin - DAY);
    const told = await playQuarter(settings, stage, stage.book, (at) => progress.reached(at));
    // Nobody in the story is erased: a start need not look for it.
    const head = await store.head();
    if (head !== undefined) await keys.setFencedUpTo(head);
    await keepHistory(data, store, (events) => progress.written(events));
    return told;
  } finally {
    progress.stop();
    await keys.close();
    await store.close();
  }
}
