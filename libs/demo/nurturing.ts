import { CLOCK, FORM } from './cast.js';
import type { Owner } from '../lead-lifecycle/lead-events.js';
import { ASSETS, MESSAGES, SOURCES, type Prospect } from './market.js';
import { atHome } from './made-up-people.js';
import { isoAfter, stewardOf, type Reactions, type Scene } from './scene.js';
import { DAY } from './working-time.js';

/** What marketing does with a lead that sales does not have, and what the prospect does meanwhile. */
export const NURTURING: Reactions = {
  LeadCreated(scene) {
    startNurture(scene, 'welcome');
    if (scene.prospect.sameAs === undefined) {
      comesBack(scene);
      comesFromHome(scene);
    }
    if (scene.prospect.fit < 0.35 && scene.random.rarely('spam', 0.03)) throwOut(scene);
    if (scene.random.rarely('corrected', 0.04)) correct(scene);
    if (scene.random.rarely('qualified by hand', scene.prospect.source.code === 'trade_show' ? 0.1 : 0.005)) {
      scene.unlessMoved(scene.workHours(1, 6), ({ state }) => ({
        by: stewardOf(state),
        deed: { kind: 'qualify', reason: 'met-in-person', note: 'Asked for a visit before the summer' },
      }));
    }
    if (scene.random.chance(0.25)) recommend(scene);
  },

  NurtureStarted(scene) {
    const { cadenceDays, resumeAt } = scene.event.data;
    for (let mail = 1; mail <= 2; mail += 1) {
      const asset = scene.random.pick(ASSETS);
      const answers = scene.random.chance(scene.prospect.fit * 0.12);
      scene.unlessMoved(scene.days(cadenceDays * mail, cadenceDays * mail + 2), ({ state }) => ({
        by: stewardOf(state),
        deed: { kind: 'contact', channel: 'email', direction: 'outbound', twoWay: answers, human: answers, asset },
      }));
    }
    scene.unlessMoved(Date.parse(resumeAt) + scene.random.between(0, 0.2) * DAY, () => ({
      by: CLOCK,
      deed: { kind: 'score' },
    }));
  },

  LeadRecycled: (scene) => startNurture(scene, 'stay-in-touch', scene.event.data.resumeAt),
  HandoffRejected: (scene) => startNurture(scene, 'second-look', scene.event.data.resumeAt),
  HandoffExpired: (scene) => startNurture(scene, 'second-look'),
  QualificationWithdrawn: (scene) => startNurture(scene, 'stay-in-touch', scene.event.data.resumeAt),
  LeadReopened: (scene) => startNurture(scene, 'second-look'),
  LeadUnmerged: (scene) => startNurture(scene, 'second-look'),
};

function startNurture(scene: Scene, track: string, until?: string): void {
  const resumeAt = until ?? isoAfter(scene.at, scene.random.whole(25, 60));
  const cadenceDays = scene.random.pick([7, 10, 14]);
  scene.unlessMoved(scene.workHours(3, 20), ({ state }) =>
    state.leaf === 'captured' || state.leaf === 'nurturing'
      ? {
          by: stewardOf(state),
          deed: { kind: 'start-nurture', track, channel: 'email', cadenceDays, maximumSilenceDays: 30, resumeAt },
        }
      : undefined,
  );
}

/** Fills in the form again: a duplicate, so that the interest is recorded where the lead is. */
function comesBack(scene: Scene): void {
  const { random, prospect } = scene;
  if (!random.chance(0.08 + prospect.fit * 0.2)) return;
  const again = {
    ...prospect,
    source: random.chance(0.5) ? prospect.source : random.pick(SOURCES),
    behaviours: [random.chance(0.4) ? 'demo-requested' : 'pricing-viewed'],
  };
  scene.note(scene.at + random.between(2, 40) * DAY, () => formFilledIn(again, stewarded(scene)));
}

/** The same person with a private address: to the form somebody new, until a manager merges the two. */
function comesFromHome(scene: Scene): void {
  if (!scene.random.rarely('came from home', 0.012)) return;
  const { prospect, lead } = scene;
  const twin = { ...prospect, person: atHome(prospect.person), behaviours: [], profile: {}, sameAs: lead };
  scene.note(scene.at + scene.random.between(1, 9) * DAY, () => formFilledIn(twin, stewarded(scene)));
}

/** Whoever stewards the person's first lead by then. */
const stewarded = ({ world, lead }: Scene): Owner => world.book.get(lead)?.state.steward ?? { team: 'demand' };

/** What the web form sends. */
export function formFilledIn(prospect: Prospect, steward: Owner) {
  const { source, topic, campaign, behaviours, profile, person } = prospect;
  const from = { source: source.code, topic, ...(campaign ? { campaign } : {}) };
  const body = {
    kind: 'create',
    ...from,
    behaviours,
    profile,
    details: { ...person },
    intake: 'form',
    steward,
  } as const;
  return { on: 'new-lead', by: FORM, prospect, body } as const;
}

function throwOut(scene: Scene): void {
  const reason = scene.random.pick(['spam', 'job-seeker', 'competitor']);
  scene.whatever(scene.days(0.5, 3), ({ state, revision }) =>
    ['captured', 'nurturing'].includes(state.leaf)
      ? { by: stewardOf(state), deed: { kind: 'disqualify', reason }, seen: revision }
      : undefined,
  );
}

function correct(scene: Scene): void {
  const companySizeBand = scene.random.pick(['51-200', '201-1000', '11-50']);
  scene.whatever(scene.days(1, 12), ({ state }) =>
    state.leaf === 'merged'
      ? undefined
      : { by: stewardOf(state), deed: { kind: 'correct-details', profile: { companySizeBand }, details: {} } },
  );
}

export function recommend(scene: Scene): void {
  const message = scene.random.pick(MESSAGES);
  scene.unlessMoved(scene.workHours(0.2, 6), ({ state }) => ({
    by: stewardOf(state),
    deed: { kind: 'recommend-message', message, product: state.topic },
  }));
}
