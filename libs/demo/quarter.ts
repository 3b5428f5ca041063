import type { RecordedEvent } from '../event-store/event-store.js';
import { decodeLeadEvent } from '../contracts/lead-event-codec.js';
import type { LeadEventType } from '../lead-lifecycle/lead-events.js';
import type { Act, Performed, Stage } from './act.js';
import { Agenda } from './agenda.js';
import { arrivals } from './arrivals.js';
import { CLOSING } from './closing.js';
import { HANDING_OFF } from './handing-off.js';
import type { LeadBook } from './lead-book.js';
import { MERGING } from './merging.js';
import { NURTURING } from './nurturing.js';
import { opening } from './opening.js';
import { Scene, type Reactions, type World } from './scene.js';
import { SeededRandom } from './seeded-random.js';
import { turningPoints } from './turning-points.js';
import { DAY, HOUR, QUARTER_DAYS } from './working-time.js';
import { WORKING } from './working.js';

const REACTIONS: readonly Reactions[] = [NURTURING, HANDING_OFF, WORKING, CLOSING, MERGING];

export interface QuarterSettings {
  readonly seed: number;
  /** how many prospects come; duplicates make no more leads, returning customers a few */
  readonly leads: number;
  /** the end, ms; the quarter begins 91 days before, at midnight UTC */
  readonly until: number;
}

export interface Told {
  /** by code of refusal: what people tried although it had become impossible */
  readonly refusals: ReadonlyMap<string, number>;
  readonly acts: number;
}

/**
 * Plays a quarter: what comes next is taken from the agenda and done on the stage; what then happened makes people plan.
 * The same settings plan the same, as long as the stage answers the same.
 *
 * @param book kept by the stage: it has every event that the stage answered
 * @param reached told after every act how far the quarter is (ms)
 */
export async function playQuarter(
  settings: QuarterSettings,
  stage: Stage,
  book: LeadBook,
  reached: (at: number) => void,
): Promise<Told> {
  const { seed, leads, until } = settings;
  const start = Math.floor(until / DAY - QUARTER_DAYS) * DAY;
  const world: World = {
    random: new SeededRandom(seed),
    agenda: new Agenda(),
    book,
    prospects: new Map(),
    gone: new Set(),
  };
  opening(world.agenda, start + 6 * HOUR, leads);
  turningPoints(world, start, leads);
  arrivals(world, leads, start + 8 * HOUR, until);
  const refusals = new Map<string, number>();
  let acts = 0;
  for (let next = world.agenda.next(); next && next.at < until; next = world.agenda.next()) {
    const act = next.act();
    if (!act) continue;
    const performed = await stage.perform(act, next.at);
    acts += 1;
    answer(world, act, performed, next.at, refusals);
    reached(next.at);
  }
  return { refusals, acts };
}

function answer(world: World, act: Act, performed: Performed, at: number, refusals: Map<string, number>): void {
  const { refusal, lead, events } = performed;
  if (refusal?.code === 'duplicate' && act.on === 'new-lead') {
    recordInterest(world, act, refusal.leadId, at);
  } else if (refusal) {
    const what = `${act.on === 'lead' ? act.deed.kind : act.on}: ${'rule' in refusal ? refusal.rule : refusal.code}`;
    refusals.set(what, (refusals.get(what) ?? 0) + 1);
  }
  if (act.on === 'new-lead' && lead !== undefined && !refusal) world.prospects.set(lead, act.prospect);
  for (const event of events) react(world, event);
}

/** The form was told that there is such a lead: the interest is recorded there. */
function recordInterest({ agenda }: World, { body, by }: Act & { on: 'new-lead' }, lead: string, at: number): void {
  const { source, topic, campaign, behaviours } = body;
  const deed = { kind: 'record-interest', source, topic, ...(campaign ? { campaign } : {}), behaviours } as const;
  agenda.note({ at, act: () => ({ on: 'lead', lead, by, deed }) });
}

function react(world: World, recorded: RecordedEvent): void {
  if (!recorded.stream.startsWith('lead-')) return;
  const lead = recorded.stream.slice('lead-'.length);
  const event = decodeLeadEvent(recorded);
  const prospect = world.prospects.get(lead);
  if (!event || !prospect) return;
  const scene = new Scene<LeadEventType>(world, lead, event, recorded.revision, prospect);
  for (const reactions of REACTIONS) {
    // Each reaction is kept under the type of the events that it is given.
    (reactions[event.type] as ((scene: Scene) => void) | undefined)?.(scene);
  }
}
