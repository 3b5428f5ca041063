import { sql, type Transaction } from 'kysely';
import { OWNER_ROLES, type OwnerRole } from '../lead-lifecycle/ownership.js';
import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import type { LeafIndex } from './leaf-index.js';
import type { HeldRow, LeafIndexTables } from './leaf-index-tables.js';
import { changeOfRow, intervalOf, type AnswerCheckpoint, type HeldTrailInterval } from './trail-answer.js';

export interface HeldQuery {
  readonly team?: string;
  readonly person?: string;
  readonly role?: OwnerRole;
  /** effective time: held at some instant of [from, to) */
  readonly from?: string;
  readonly to?: string;
  readonly after?: HeldCursor;
  readonly limit: number;
}
/** Where the page ended: since, lead, role and revision of the last interval. */
export type HeldCursor = readonly [since: string, lead: string, role: string, revision: number];

export interface ChangesQuery {
  readonly actor?: string;
  readonly lead?: string;
  /** recordedAt: in [from, to) */
  readonly from?: string;
  readonly to?: string;
  readonly after?: ChangeCursor;
  readonly limit: number;
}
export type ChangeCursor = readonly [recordedAt: string, index: number];

/** The index stands at no checkpoint yet: it is being built, or nothing is sealed. */
export class NotIndexedYet extends Error {
  override name = 'NotIndexedYet';
  readonly disclosable = true;
}

type Look = Transaction<LeafIndexTables>;

/** What the sealed leaves say of who had which lead. @throws NotIndexedYet, from each of them */
export class TrailAnswers {
  constructor(private readonly index: Pick<LeafIndex, 'look'>) {}

  /** All intervals of a lead, in the order of the log; undefined where no leaf is of that lead. */
  async ofLead(lead: string) {
    return this.at(async (tx) => {
      const last = await lastLeaf(tx, `lead-${lead}`);
      if (last === undefined) return undefined;
      const rows = await tx.selectFrom('held').selectAll().where('lead', '=', lead).orderBy('idx').execute();
      const held = rows.toSorted((a, b) => a.idx - b.idx || rank(a) - rank(b));
      const odd = tx.selectFrom('leaf').select('idx').where('stream', '=', `lead-${lead}`).where('quarantined', '=', 1);
      const quarantined = (await odd.orderBy('idx').execute()).map(({ idx }) => idx);
      return { held, revision: last.revision, intervals: held.map(intervalOf), quarantined };
    });
  }

  /** Whether a leaf of that stream and revision is in the index. */
  async has(stream: string, revision: number): Promise<boolean> {
    const last = await this.index.look((tx) => lastLeaf(tx, stream));
    return last !== undefined && last.revision >= revision;
  }

  /** Indexes of all leaves of a stream, in its order. */
  async leavesOf(stream: string) {
    return this.at(async (tx) => {
      const query = tx.selectFrom('leaf').select('idx').where('stream', '=', stream).orderBy('revision');
      return (await query.execute()).map(({ idx }) => idx);
    });
  }

  /** Everything that a team or a person had in a period, by its beginning. What lasted no time at all nobody had. */
  async held({ team, person, role, from, to, after, limit }: HeldQuery) {
    return this.at(async (tx) => {
      const rows = await tx
        .selectFrom('held')
        .selectAll()
        .$if(team !== undefined, (q) => q.where('team', '=', team ?? ''))
        .$if(person !== undefined, (q) => q.where('person', '=', person ?? ''))
        .$if(role !== undefined, (q) => q.where('role', '=', role ?? ''))
        .$if(to !== undefined, (q) => q.where('since', '<', to ?? ''))
        .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', eb.ref('since'))]))
        .$if(from !== undefined, (q) => q.where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', from ?? '')])))
        .$if(after !== undefined, (q) =>
          q.where(sql<boolean>`(since, lead, role, revision) > (${sql.join([...(after ?? [])])})`),
        )
        .orderBy('since')
        .orderBy('lead')
        .orderBy('role')
        .orderBy('revision')
        .limit(limit + 1)
        .execute();
      const intervals = rows.slice(0, limit).map((row): HeldTrailInterval => ({ lead: row.lead, ...intervalOf(row) }));
      const last = intervals.at(-1);
      const next: HeldCursor | undefined =
        last && rows.length > limit ? [last.since, last.lead, last.role, last.revision] : undefined;
      return { intervals, ...(next && { next }) };
    });
  }

  /** What an actor changed, or what was changed of a lead, in the order of recording. */
  async changes({ actor, lead, from, to, after, limit }: ChangesQuery) {
    return this.at(async (tx) => {
      const rows = await tx
        .selectFrom('lead_change')
        .selectAll()
        .$if(actor !== undefined, (q) => q.where('actor', '=', actor ?? ''))
        .$if(lead !== undefined, (q) => q.where('lead', '=', lead ?? ''))
        .$if(from !== undefined, (q) => q.where('recorded_at', '>=', from ?? ''))
        .$if(to !== undefined, (q) => q.where('recorded_at', '<', to ?? ''))
        .$if(after !== undefined, (q) => q.where(sql<boolean>`(recorded_at, idx) > (${sql.join([...(after ?? [])])})`))
        .orderBy('recorded_at')
        .orderBy('idx')
        .limit(limit + 1)
        .execute();
      const changes = rows.slice(0, limit).map(changeOfRow);
      const last = changes.at(-1);
      const next: ChangeCursor | undefined = last && rows.length > limit ? [last.recordedAt, last.index] : undefined;
      return { changes, ...(next && { next }) };
    });
  }

  private at<T>(find: (tx: Look) => Promise<T>): Promise<{ readonly found: T; readonly checkpoint: AnswerCheckpoint }> {
    return this.index.look(async (tx) => {
      const progress = await tx.selectFrom('index_progress').selectAll().executeTakeFirst();
      const note = parseCheckpointNote(progress?.checkpoint ?? '');
      if (progress === undefined || !note.ok) throw new NotIndexedYet('the index of the log is being built');
      const { origin, size, root } = note.value.checkpoint;
      const checkpoint = { origin, size, root: Buffer.from(root).toString('hex'), note: progress.checkpoint };
      return { found: await find(tx), checkpoint };
    });
  }
}

const rank = ({ role }: HeldRow): number => OWNER_ROLES.indexOf(role as OwnerRole);

const lastLeaf = (tx: Look, stream: string) =>
  tx
    .selectFrom('leaf')
    .select('revision')
    .where('stream', '=', stream)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
