import type { Clock } from '../decider/clock.js';
import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import { trustCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { CHECKPOINT, firstForm, lastForm } from './trail-files.js';
import type { TrailFolder } from './trail-folder.js';
import type { Witnesses } from './witnesses.js';

export interface PublishingParts {
  readonly files: TrailFolder;
  readonly policy: TlogPolicy;
  readonly witnesses: Witnesses;
  readonly clock: Clock;
  /** @throws where the folder is another's by now */
  readonly assertMine: () => void;
  /** milliseconds after which an unchanged checkpoint is shown to the witnesses again; default 60,000 */
  readonly heartbeatMs?: number;
}

/** The last checkpoint that was handed out. */
export interface Published {
  readonly size: number;
  readonly note: string;
}

const HEARTBEAT_MS = 60_000;

/**
 * Hands out what the sealer has signed, once the policy's quorum of witnesses has cosigned it. Every checkpoint that was
 * ever handed out is kept: its cosignatures say when its tree was first, and last, known to be all there is.
 */
export class PublishedCheckpoints {
  #published: Published | undefined;
  /** by our clock */
  #refreshedAt = 0;
  #missing: readonly string[] = [];

  private constructor(private readonly parts: PublishingParts) {}

  static async open(parts: PublishingParts): Promise<PublishedCheckpoints> {
    const opened = new PublishedCheckpoints(parts);
    const text = await parts.files.read(CHECKPOINT);
    // What the policy does not trust (any more) is published anew, with the cosignatures that it asks for.
    const trusted = text && trustCheckpoint(text, parts.policy);
    if (text && trusted && trusted.ok && trusted.value.quorum !== 'missing')
      opened.#published = { size: trusted.value.checkpoint.size, note: text.toString('utf8') };
    return opened;
  }

  get published(): Published | undefined {
    return this.#published;
  }

  /** A line for each witness that gave no cosignature when last asked. */
  get missing(): readonly string[] {
    return this.#missing;
  }

  /**
   * Whether there is something to do for this last signed checkpoint.
   *
   * @param waiting whether there are events that cannot be sealed yet: fresh cosignatures of a log without them would
   * make them look back-dated once they are in it
   */
  isDue(pending: string, waiting: boolean): boolean {
    if (sizeOf(pending) !== this.#published?.size) return true;
    if (waiting) return false;
    const { heartbeatMs = HEARTBEAT_MS, witnesses, clock } = this.parts;
    return !witnesses.isEmpty && Math.abs(clock() - this.#refreshedAt) >= heartbeatMs;
  }

  /**
   * Shows the checkpoint to the witnesses and hands it out when they have cosigned it; one that is handed out already
   * gets fresh cosignatures.
   *
   * @returns false where the quorum was not reached: what was published before stays
   * @throws WitnessAlarm, TrailRefused; whatever the files do
   */
  async publish(pending: string): Promise<boolean> {
    const { witnesses, files, assertMine, clock } = this.parts;
    const size = sizeOf(pending);
    const { note, hasQuorum, missing } = await witnesses.cosign(pending);
    this.#missing = missing;
    if (!hasQuorum) return false;
    const isFirst = !(await files.has(firstForm(size)));
    const path = isFirst ? firstForm(size) : lastForm(size);
    // Without witnesses a checkpoint says no time, so a second one of its size says nothing new.
    if (isFirst || !witnesses.isEmpty) await files.write([{ path, bytes: note }], assertMine);
    await files.write([{ path: CHECKPOINT, bytes: note }], assertMine);
    this.#published = { size, note };
    this.#refreshedAt = clock();
    return true;
  }
}

function sizeOf(note: string): number {
  const read = parseCheckpointNote(note);
  if (!read.ok) throw new Error(`a checkpoint of our own cannot be read: ${read.problem}`);
  return read.value.checkpoint.size;
}
