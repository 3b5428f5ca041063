import { randomBytes } from 'node:crypto';
import type { SqliteReadDatabase } from '../read-database/sqlite-read-database.js';
import { IndexFollower } from './index-follower.js';
import { LeafIndex } from './leaf-index.js';
import { indexFileOf } from './trail-files.js';
import { TrailKeeper } from './trail-keeper.js';
import type { TrailStore } from './trail-parts.js';
import { openTrailSetUp, type TrailPlace } from './trail-set-up.js';
import type { Trail, TrailObservation, TrailStatus } from './trail-status.js';

export interface IndexedTrailParts {
  readonly place: TrailPlace;
  readonly store: TrailStore;
  readonly clock: () => number;
  readonly observe: (seen: TrailObservation) => void;
  /** opens the file that the index is written to; default: with a thread of its own */
  readonly openDatabase?: (file: string) => Promise<SqliteReadDatabase>;
}

/** A trail and the index of its leaves, both kept in the same thread: the index follows each published checkpoint. */
export class IndexedTrail implements Trail {
  private constructor(
    private readonly keeper: TrailKeeper,
    private readonly follower: IndexFollower,
  ) {}

  /**
   * The index follows the log from now on; nothing is sealed before `start`.
   *
   * @throws TrailRefused, SigningKeyRefused as `openTrailSetUp` and `TrailKeeper.open`, and ReadDatabaseFault, in one
   * line, where the file of the index is none: it may be deleted. Nothing is then left open
   */
  static async open({ place, store, clock, observe, openDatabase }: IndexedTrailParts): Promise<IndexedTrail> {
    const { folder } = place;
    const index = await LeafIndex.open(indexFileOf(folder), folder, openDatabase);
    const follower = new IndexFollower(index, observe);
    follower.start();
    const seen = (observation: TrailObservation): void => {
      observe(observation);
      if (observation.kind === 'published') follower.published();
    };
    try {
      const setUp = openTrailSetUp(place, randomBytes);
      return new IndexedTrail(await TrailKeeper.open({ ...setUp, store, fetch, clock, observe: seen }), follower);
    } catch (refusal) {
      await follower.stop();
      throw refusal;
    }
  }

  /** As `TrailKeeper.start`. */
  start(): void {
    this.keeper.start();
  }

  async status(): Promise<TrailStatus> {
    const { fault } = this.follower;
    return { ...(await this.keeper.status()), ...(fault !== undefined && { indexFault: fault }) };
  }

  async stop(): Promise<void> {
    await this.keeper.stop();
    await this.follower.stop();
  }
}
