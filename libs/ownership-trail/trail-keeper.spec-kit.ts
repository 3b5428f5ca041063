import { testEventKeys } from '../event-signing/event-signing.spec-kit.js';
import { trustCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { TrailFolder } from './trail-folder.js';
import { TrailKeeper } from './trail-keeper.js';
import type { TrailParts } from './trail-parts.js';
import type { TrailObservation } from './trail-status.js';
import { signer, UNWITNESSED } from './trail.spec-kit.js';

/** What a keeper has done so far, and what it does next. */
export class Seen {
  readonly all: TrailObservation[] = [];
  readonly #waiting = new Set<() => void>();

  readonly observe = (seen: TrailObservation): void => {
    this.all.push(seen);
    for (const look of this.#waiting) look();
  };

  /** Until something was seen, from now on or before. */
  when<Kind extends TrailObservation['kind']>(
    kind: Kind,
    is: (seen: Extract<TrailObservation, { kind: Kind }>) => boolean = () => true,
    from = 0,
  ): Promise<Extract<TrailObservation, { kind: Kind }>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.all
          .slice(from)
          .find((one): one is Extract<TrailObservation, { kind: Kind }> => one.kind === kind && is(one as never));
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  published = (size: number) => this.when('published', (seen) => seen.size >= size);
}

/** Faster than in life: nothing waits for longer than it takes. */
export const QUICK = { pace: 1, slice: 1, compare: 50, retry: 5, heartbeat: 60_000 };

/** A keeper on a store and a folder, already at work. */
export async function keep(
  parts: Pick<TrailParts, 'store' | 'folder'> & Partial<TrailParts>,
): Promise<{ keeper: TrailKeeper; seen: Seen; stop: () => Promise<void> }> {
  const seen = new Seen();
  const keeper = await TrailKeeper.open({
    signers: [signer],
    policy: UNWITNESSED,
    eventKeys: testEventKeys(),
    fetch,
    clock: Date.now,
    observe: seen.observe,
    times: QUICK,
    ...parts,
  });
  keeper.start();
  return { keeper, seen, stop: () => keeper.stop() };
}

/** A checkpoint of the folder, as the policy judges it. */
export async function trusted(folder: string, policy: TlogPolicy, file = 'checkpoint') {
  const note = await new TrailFolder(folder).read(file);
  if (note === undefined) throw new Error(`there is no ${file}`);
  const checkpoint = trustCheckpoint(note, policy);
  if (!checkpoint.ok) throw new Error(checkpoint.problem);
  return checkpoint.value;
}
