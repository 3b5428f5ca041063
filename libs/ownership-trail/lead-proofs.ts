import { MOST_BUNDLE_LEAVES, type TrailBundle } from './bundle-format.js';
import { CheckpointArchive } from './checkpoint-archive.js';
import { leadBundle } from './lead-bundle.js';
import type { TrailAnswers } from './trail-answers.js';
import { TrailFolder } from './trail-folder.js';

/** Bundles of leads, out of the log's folder; the index says which leaves. */
export class LeadProofs {
  private readonly archive: CheckpointArchive;

  constructor(
    private readonly folder: string,
    private readonly answers: Pick<TrailAnswers, 'leavesOf'>,
  ) {
    this.archive = new CheckpointArchive(new TrailFolder(folder));
  }

  /**
   * @returns `too-long` for a lead with more leaves than a bundle holds
   * @throws RangeError for a lead without leaves; BundleFault, TileFault where files are missing
   */
  async of(lead: string): Promise<TrailBundle | 'too-long'> {
    const { found } = await this.answers.leavesOf(`lead-${lead}`);
    return found.length > MOST_BUNDLE_LEAVES ? 'too-long' : leadBundle(this.folder, found, this.archive);
  }
}
