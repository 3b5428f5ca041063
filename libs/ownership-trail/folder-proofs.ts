import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import { MOST_BUNDLE_LEAVES, type TrailBundle } from './bundle-format.js';
import { CheckpointArchive } from './checkpoint-archive.js';
import { leadBundle } from './lead-bundle.js';
import { changeOf, ownershipOfLeaves, type PlacedLeaf } from './leaf-ownership.js';
import { OWNER_ROLES } from '../lead-lifecycle/ownership.js';
import { LogUnreadable, sealedEntries } from './sealed-entries.js';
import { CHECKPOINT } from './trail-files.js';
import { TrailFolder } from './trail-folder.js';

/** A log's folder as it stood at one checkpoint, whatever is sealed into it meanwhile. */
class FolderAt extends TrailFolder {
  constructor(
    folder: string,
    private readonly checkpoint: Buffer,
  ) {
    super(folder);
  }

  override async read(path: string): Promise<Buffer | undefined> {
    return path === CHECKPOINT ? this.checkpoint : super.read(path);
  }
}

/** Of a period; ISO 8601 UTC, [from, to). */
interface Period {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Bundles out of a log's folder alone, with no index and no server: the whole log is read for what is asked for. It
 * trusts the folder no more than a server's answer: a bundle has to be checked.
 */
export class FolderProofs {
  private readonly archive: CheckpointArchive;

  private constructor(
    private readonly files: FolderAt,
    private readonly size: number,
    private readonly onProgress: (leaves: number, size: number) => void,
  ) {
    this.archive = new CheckpointArchive(files);
  }

  /** @throws LogUnreadable where the folder has no checkpoint that can be read */
  static async open(
    folder: string,
    onProgress: (leaves: number, size: number) => void = () => undefined,
  ): Promise<FolderProofs> {
    const bytes = await new TrailFolder(folder).read(CHECKPOINT);
    const note = bytes && parseCheckpointNote(bytes);
    if (!bytes || !note?.ok) throw new LogUnreadable(`${folder} has no checkpoint that can be read: is it a log?`);
    return new FolderProofs(new FolderAt(folder, bytes), note.value.checkpoint.size, onProgress);
  }

  /**
   * @returns undefined where no leaf is of that lead, `too-long` where it has more than a bundle holds
   * @throws LogUnreadable, BundleFault, TileFault where files are missing or no log's
   */
  async of(lead: string): Promise<TrailBundle | 'too-long' | undefined> {
    const indexes: number[] = [];
    for await (const { index, leaf } of this.#all()) if (leaf.stream === `lead-${lead}`) indexes.push(index);
    return this.#bundle(indexes);
  }

  /** Bundles of all leads that a team had in a period, by the beginning of the lead. @param most of leads */
  async ofTeam(
    team: string,
    period: Period,
    most: number,
  ): Promise<readonly (readonly [lead: string, bundle: TrailBundle | 'too-long'])[] | 'too-many'> {
    const touched = new Set<string>();
    for await (const { leaf } of this.#all()) if (isGiven(leaf, team)) touched.add(leaf.stream);
    const byStream = new Map<string, PlacedLeaf[]>([...touched].map((stream) => [stream, []]));
    for await (const placed of this.#all()) byStream.get(placed.leaf.stream)?.push(placed);
    const held = [...byStream].filter(([, leaves]) => hadIt(leaves, team, period));
    if (held.length > most) return 'too-many';
    const bundles: (readonly [string, TrailBundle | 'too-long'])[] = [];
    for (const [stream, leaves] of held) {
      const bundle = await this.#bundle(leaves.map(({ index }) => index));
      if (bundle !== undefined) bundles.push([stream.slice('lead-'.length), bundle]);
    }
    return bundles;
  }

  async #bundle(indexes: readonly number[]): Promise<TrailBundle | 'too-long' | undefined> {
    if (indexes.length === 0) return undefined;
    return indexes.length > MOST_BUNDLE_LEAVES ? 'too-long' : leadBundle(this.files.folder, indexes, this.archive);
  }

  async *#all(): AsyncGenerator<PlacedLeaf> {
    for await (const some of sealedEntries(this.files, 0, this.size)) {
      yield* some;
      this.onProgress((some.at(-1)?.index ?? 0) + 1, this.size);
    }
  }
}

function isGiven(leaf: PlacedLeaf['leaf'], team: string): boolean {
  if (!leaf.stream.startsWith('lead-')) return false;
  const change = changeOf(leaf);
  if (!change.ok || change.value === undefined) return false;
  const { value } = change;
  return OWNER_ROLES.some((role) => {
    const to = value[role]?.to;
    return (typeof to === 'string' ? to : to?.team) === team;
  });
}

/** As the trail's own answer has it: an interval that lasted at all, and touched the period. */
function hadIt(leaves: readonly PlacedLeaf[], team: string, { from, to }: Period): boolean {
  const replay = ownershipOfLeaves(leaves);
  // What cannot be replayed is shown, so that whoever reads the page learns of it.
  if (!replay.ok) return true;
  return OWNER_ROLES.flatMap((role) => replay.value[role]).some(
    (interval) =>
      interval.owner.team === team &&
      (interval.until === undefined || interval.until > interval.from) &&
      (to === undefined || interval.from < to) &&
      (from === undefined || interval.until === undefined || interval.until > from),
  );
}
