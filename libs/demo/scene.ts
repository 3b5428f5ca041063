import type { LeadEvent, LeadEventType } from '../lead-lifecycle/lead-events.js';
import type { LeadState } from '../lead-lifecycle/lead-state.js';
import type { Act, LeadDeed } from './act.js';
import type { Agenda } from './agenda.js';
import { castTeam, marketer, seller, type Doer } from './cast.js';
import type { BookedLead, LeadBook } from './lead-book.js';
import type { Prospect } from './market.js';
import type { SeededRandom } from './seeded-random.js';
import { afterWork, DAY } from './working-time.js';

/** What everybody in the story plans with. */
export interface World {
  readonly random: SeededRandom;
  readonly agenda: Agenda;
  readonly book: LeadBook;
  /** who is behind each lead; only the story knows */
  readonly prospects: Map<string, Prospect>;
  /** people who have left: nobody plans with them any more */
  readonly gone: Set<string>;
}

/** How a lead stands when something planned comes up: the deed, or nothing where it makes no sense any more. */
type Planned = (now: BookedLead) => { by: Doer | undefined; deed: LeadDeed; seen?: number } | undefined;

/** One event of a lead, for those who react to it. */
export class Scene<T extends LeadEventType = LeadEventType> {
  /** when it was recorded, ms */
  readonly at: number;

  constructor(
    readonly world: World,
    readonly lead: string,
    readonly event: LeadEvent & { readonly type: T },
    readonly revision: number,
    readonly prospect: Prospect,
  ) {
    this.at = Date.parse(event.meta.recordedAt);
  }

  get random(): SeededRandom {
    return this.world.random;
  }

  /** After so many hours of work, drawn between two bounds. */
  workHours(least: number, most: number): number {
    return afterWork(this.at, this.random.between(least, most) * 60);
  }

  /** After so many days, drawn between two bounds, at a time when people work. */
  days(least: number, most: number): number {
    return afterWork(this.at + this.random.between(least, most) * DAY, 0);
  }

  /** Comes up only if neither state nor owner changed since this event. */
  unlessMoved(at: number, planned: Planned): void {
    this.#plan(at, (now) => (now.changedAt <= this.revision ? planned(now) : undefined));
  }

  /** Comes up whatever became of the lead. */
  whatever(at: number, planned: Planned): void {
    this.#plan(at, planned);
  }

  note(at: number, act: () => Act | undefined): void {
    this.world.agenda.note({ at, act });
  }

  #plan(at: number, planned: Planned): void {
    const { book, gone } = this.world;
    this.note(at, () => {
      const now = book.get(this.lead);
      const { by, deed, seen } = (now && planned(now)) ?? {};
      if (!by || !deed || gone.has(by.subject)) return undefined;
      return { on: 'lead', lead: this.lead, by, deed, ...(seen === undefined ? {} : { seen }) };
    });
  }
}

/** What an event makes people plan. */
export type Reactions = { readonly [T in LeadEventType]?: (scene: Scene<T>) => void };

export const stewardOf = ({ steward }: LeadState): Doer | undefined =>
  steward && marketer(steward.person ?? castTeam(steward.team)?.manager ?? '');
export const stewardsManager = ({ steward }: LeadState): Doer | undefined => managerOf(steward?.team, marketer);
export const workerOf = ({ worker }: LeadState): Doer | undefined => worker && seller(worker.person);
export const workersManager = ({ worker }: LeadState): Doer | undefined => managerOf(worker?.team, seller);

function managerOf(team: string | undefined, as: (subject: string) => Doer): Doer | undefined {
  const manager = castTeam(team)?.manager;
  return manager === undefined ? undefined : as(manager);
}

export const isoAfter = (at: number, days: number): string => new Date(at + days * DAY).toISOString();
