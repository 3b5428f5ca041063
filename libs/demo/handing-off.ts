import { castTeam, CLOCK, PACE, seller } from './cast.js';
import { isoAfter, stewardOf, stewardsManager, type Reactions, type Scene } from './scene.js';
import { recommend } from './nurturing.js';
import { HOUR, MINUTE } from './working-time.js';

/** Between the teams: held leads, offers and what becomes of them. */
export const HANDING_OFF: Reactions = {
  LeadHeld(scene) {
    if (scene.random.rarely('consent withdrawn while held', 0.03)) withdrawConsent(scene);
    else if (scene.random.rarely('released by hand', 0.04)) {
      scene.unlessMoved(scene.workHours(2, 9), ({ state }) => ({
        by: stewardsManager(state),
        deed: { kind: 'release', reason: 'strategic-account' },
      }));
    }
  },

  LeadHandedOff(scene) {
    if (scene.random.chance(0.3)) recommend(scene);
    expire(scene);
    if (scene.random.rarely('hand-off withdrawn', 0.012)) withdraw(scene);
    else if (scene.random.rarely('disqualification proposed', (1 - scene.prospect.fit) * 0.06)) propose(scene);
    else if (scene.random.chance(0.05 + (1 - scene.prospect.fit) * 0.25)) reject(scene);
    else accept(scene);
  },

  HandoffWithdrawn(scene) {
    if (scene.random.rarely('handed off by hand', 0.6)) {
      scene.unlessMoved(scene.workHours(0.5, 4), ({ state }) => ({
        by: stewardOf(state),
        deed: { kind: 'hand-off', reason: 'asked-for-sales', offeree: { team: 'north', person: 'sofia' } },
      }));
      return;
    }
    scene.unlessMoved(scene.workHours(0.5, 4), ({ state }) => ({
      by: stewardOf(state),
      deed: { kind: 'withdraw-qualification', reason: 'prospect-asked-to-wait', resumeAt: isoAfter(scene.at, 45) },
    }));
  },
};

type Offered = Scene<'LeadHandedOff'>;

/** The offeree; of a queue, whoever of the team takes it. */
function answerer({ random, world, event }: Offered) {
  const { team, person } = event.data.offeree;
  const members = (castTeam(team)?.members ?? []).filter((one) => !world.gone.has(one));
  const subject = person ?? random.pick(members);
  return { by: seller(subject), pace: PACE[subject] ?? 1 };
}

function accept(scene: Offered): void {
  const { by, pace } = answerer(scene);
  const hours = scene.random.between(0.3, 11) * pace;
  // Some offers are overlooked: they expire, or are taken up late.
  const overlooked = scene.random.chance(0.05 * pace);
  const at = overlooked ? Date.parse(scene.event.data.acceptBy ?? '') + 20 * MINUTE : scene.workHours(hours, hours + 1);
  scene.unlessMoved(at, () => ({ by, deed: { kind: 'accept' } }));
}

/** Nobody looks at an offer before its time is up; sometimes the clock itself is some hours late. */
function expire(scene: Offered): void {
  const { acceptBy, offerId } = scene.event.data;
  const lateness = scene.random.rarely('expired late', 0.3) ? 3 * HOUR : 5 * MINUTE;
  scene.unlessMoved(Date.parse(acceptBy ?? '') + lateness, () => ({ by: CLOCK, deed: { kind: 'expire', offerId } }));
}

function reject(scene: Offered): void {
  const { by, pace } = answerer(scene);
  const { random } = scene;
  const reason = random.weighted({
    'not-a-fit.company-size': 4,
    'not-a-fit.industry': 4,
    'not-a-fit.role': 3,
    'unreachable-details': 3,
    'packet-incomplete': 2,
    'not-now.no-budget': 3,
    'already-in-touch': 1,
  });
  const resumeAt = reason.startsWith('not-now') ? isoAfter(scene.at, random.whole(20, 60)) : undefined;
  const hours = random.between(0.5, 14) * pace;
  scene.unlessMoved(scene.workHours(hours, hours + 1), () => ({
    by,
    deed: { kind: 'reject', reason, ...(resumeAt ? { resumeAt } : {}) },
  }));
}

function withdraw(scene: Offered): void {
  scene.unlessMoved(scene.workHours(0.2, 2), ({ state }) => ({
    by: stewardOf(state),
    deed: { kind: 'withdraw-handoff', reason: 'handed-off-in-error' },
  }));
}

function propose(scene: Offered): void {
  const { by } = answerer(scene);
  const reason = scene.random.pick(['spam', 'no-such-person', 'job-seeker', 'competitor', 'out-of-area']);
  scene.unlessMoved(scene.workHours(0.5, 6), () => ({ by, deed: { kind: 'propose-disqualification', reason } }));
}

/** They write to marketing, who no longer may hand them off. */
function withdrawConsent(scene: Scene): void {
  const at = scene.workHours(0.2, 5);
  scene.note(at, () => {
    const now = scene.world.book.get(scene.lead);
    const by = now && stewardOf(now.state);
    if (now?.state.leaf !== 'held' || by === undefined || now.state.contact === undefined) return undefined;
    const deed = { type: 'change-consent', consent: 'withdrawn', purpose: 'contact' } as const;
    return { on: 'contact', by, contact: now.state.contact, deed };
  });
  scene.unlessMoved(at + 10 * MINUTE, ({ state }) => ({
    by: stewardOf(state),
    deed: { kind: 'withdraw-qualification', reason: 'consent-withdrawn' },
  }));
}
