import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import type { NoteKey } from '../transparency-log/note-key.js';
import { quorumTimes } from '../transparency-log/quorum.js';
import { formatNote } from '../transparency-log/signed-note.js';
import { TileHashes, type TileReader } from '../transparency-log/tile-hashes.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { TrailRefused } from './trail-refused.js';
import { WitnessClient, type Fetch, type Submission, type WitnessAnswer } from './witness-client.js';

export interface WitnessTimes {
  /** most milliseconds for one witness's answer */
  readonly timeoutMs: number;
  /** milliseconds that slower witnesses are waited for once the quorum is there */
  readonly graceMs: number;
}

export interface WitnessesParts {
  readonly policy: TlogPolicy;
  readonly fetch: Fetch;
  readonly readTile: TileReader;
  readonly times?: WitnessTimes;
}

/** A checkpoint after it went round. */
export interface Round {
  /** the note with the cosignatures that came, in the policy's order */
  readonly note: string;
  readonly hasQuorum: boolean;
  /** a line for each witness that gave none */
  readonly missing: readonly string[];
}

/** A witness was shown another log than this one: nothing may be sealed until somebody has looked. */
export class WitnessAlarm extends TrailRefused {
  override name = 'WitnessAlarm';
  constructor(
    /** as the policy names it */
    readonly witness: string,
    /** what it has cosigned, where it told */
    readonly size: number | undefined,
    message: string,
  ) {
    super(message);
  }
}

const TIMES: WitnessTimes = { timeoutMs: 5_000, graceMs: 200 };

/** The witnesses of a policy that have an address, asked side by side. */
export class Witnesses {
  readonly #clients: readonly WitnessClient[];
  readonly #busy = new Set<WitnessClient>();
  readonly #times: WitnessTimes;
  /** also of an answer that came after its round was over */
  #alarm: WitnessAlarm | undefined;

  constructor(private readonly parts: WitnessesParts) {
    this.#times = parts.times ?? TIMES;
    this.#clients = parts.policy.witnesses.flatMap((witness) =>
      witness.url === undefined
        ? []
        : [new WitnessClient({ ...witness, url: witness.url }, parts.fetch, this.#times.timeoutMs)],
    );
  }

  get isEmpty(): boolean {
    return this.#clients.length === 0;
  }

  /**
   * Asks all of them. One whose last answer is still awaited is passed over.
   *
   * @throws WitnessAlarm when one of them has seen a larger or another tree
   */
  async cosign(note: string): Promise<Round> {
    const submission = this.#submission(note);
    const answers = new Map<WitnessClient, WitnessAnswer>();
    const asked = this.#clients.filter((client) => !this.#busy.has(client));
    await this.#untilEnough(asked, answers, (client) => this.#ask(client, submission));
    if (this.#alarm !== undefined) throw this.#alarm;
    const signatures = this.#clients.flatMap((client) => {
      const answer = answers.get(client);
      return answer?.kind === 'cosigned' ? [answer.signature] : [];
    });
    const missing = this.#clients.flatMap((client) => {
      const answer = answers.get(client);
      if (answer === undefined) return [`${client.witness.name} has not answered yet`];
      return 'problem' in answer ? [`${client.witness.name} ${answer.problem}`] : [];
    });
    const bare = parsedNote(note).note;
    return {
      note: formatNote({ ...bare, signatures: [...bare.signatures, ...signatures] }),
      hasQuorum: this.#isQuorum(answers),
      missing,
    };
  }

  /** Until all have answered, or the quorum has and the others were given a moment. */
  async #untilEnough(
    asked: readonly WitnessClient[],
    answers: Map<WitnessClient, WitnessAnswer>,
    ask: (client: WitnessClient) => Promise<WitnessAnswer>,
  ): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let enough = (): void => undefined;
    const quorum = new Promise<void>((resolve) => (enough = resolve));
    const all = asked.map(async (client) => {
      answers.set(client, await ask(client));
      if (timer === undefined && this.parts.policy.quorum !== undefined && this.#isQuorum(answers))
        timer = setTimeout(enough, this.#times.graceMs);
    });
    try {
      await Promise.race([Promise.all(all), quorum]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(client: WitnessClient, submission: Submission): Promise<WitnessAnswer> {
    this.#busy.add(client);
    try {
      const answer = await client.submit(submission);
      if (answer.kind === 'larger') this.#raise(client, answer.size, submission.size);
      if (answer.kind === 'denied') this.#raise(client, undefined, submission.size, answer.problem);
      return answer;
    } finally {
      this.#busy.delete(client);
    }
  }

  #raise(client: WitnessClient, size: number | undefined, ours: number, problem?: string): void {
    const { name } = client.witness;
    const line =
      size === undefined
        ? `witness ${name} ${problem}: another history was signed with this log's key`
        : `witness ${name} has seen ${size} leaves and this log has ${ours}: it is an old copy (baton audit rebuild)`;
    this.#alarm ??= new WitnessAlarm(name, size, line);
  }

  #isQuorum(answers: ReadonlyMap<WitnessClient, WitnessAnswer>): boolean {
    const { quorum } = this.parts.policy;
    if (quorum === undefined) return true;
    const times = new Map<NoteKey, number>();
    for (const [client, answer] of answers) if (answer.kind === 'cosigned') times.set(client.witness.key, answer.time);
    return quorumTimes(quorum, times) !== undefined;
  }

  #submission(note: string): Submission {
    const { checkpoint, note: signed } = parsedNote(note);
    const { size } = checkpoint;
    const hashes = new TileHashes(this.parts.readTile, size);
    return { note, text: signed.text, size, proofFrom: (oldSize) => hashes.consistency(oldSize) };
  }
}

function parsedNote(note: string) {
  const read = parseCheckpointNote(note);
  if (!read.ok) throw new Error(`a checkpoint of our own cannot be read: ${read.problem}`);
  return read.value;
}
