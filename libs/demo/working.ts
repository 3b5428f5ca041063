import { castTeam, PACE } from './cast.js';
import { ASSETS, INSIGHT_TAGS, MESSAGES } from './market.js';
import { isoAfter, stewardOf, workerOf, workersManager, type Reactions, type Scene } from './scene.js';

/** What sales does from accepting a lead to confirming it. */
export const WORKING: Reactions = {
  HandoffAccepted(scene) {
    if (scene.random.rarely('not followed up', 0.025)) {
      takeAway(scene);
      return;
    }
    attempt(scene, 1);
    if (scene.random.chance(0.18)) assist(scene);
  },

  LeadContacted(scene) {
    const { advances, human } = scene.event.data;
    if (advances) {
      learn(scene);
      afterFirstTalk(scene);
    } else if (human && scene.event.meta.actor.role === 'sales') {
      const touches = scene.world.book.get(scene.lead)?.state.touches ?? 0;
      attempt(scene, touches);
    }
  },

  LeadAdvanced(scene) {
    if (scene.event.data.stage === 'analysing') confirmOrEnd(scene);
  },

  WorkerReassigned(scene) {
    const leaf = scene.world.book.get(scene.lead)?.state.leaf;
    if (leaf === 'working.attempting') attempt(scene, 1);
    else if (leaf?.startsWith('working.')) confirmOrEnd(scene);
  },
};

const paceOf = (scene: Scene): number => PACE[scene.world.book.get(scene.lead)?.state.worker?.person ?? ''] ?? 1;

/** Calls and writes until somebody answers, or until it is enough. */
function attempt(scene: Scene, touches: number): void {
  const { random, prospect } = scene;
  const pace = paceOf(scene);
  if (touches > 5 || (touches > 2 && random.chance(0.3))) {
    const resumeAt = isoAfter(scene.at, random.whole(30, 80));
    scene.unlessMoved(scene.days(1, 4), (now) =>
      now.state.leaf === 'working.attempting'
        ? { by: workerOf(now.state), deed: { kind: 'recycle', reason: 'no-response', resumeAt, ...rating(scene) } }
        : undefined,
    );
    return;
  }
  const answered = random.chance(0.2 + prospect.fit * 0.4);
  const channel = random.pick(['phone', 'phone', 'email', 'social'] as const);
  const pitched = random.pick(MESSAGES);
  const hours = (touches <= 1 ? random.between(0.3, 9) : random.between(6, 22)) * pace;
  scene.unlessMoved(scene.workHours(hours, hours + 2), ({ state }) =>
    state.leaf === 'working.attempting'
      ? {
          by: workerOf(state),
          deed: {
            kind: 'contact',
            channel,
            direction: 'outbound',
            twoWay: answered,
            human: true,
            buyingStage: answered ? 'considering' : 'unknown',
            pitched: answered && random.chance(0.6) ? (state.recommendedMessage ?? pitched) : pitched,
            ...(answered ? { note: 'Spoke about where they stand and what they look for' } : {}),
          },
        }
      : undefined,
  );
}

/** Marketing goes on helping after the hand-off. */
function assist(scene: Scene): void {
  const asset = scene.random.pick(ASSETS);
  scene.whatever(scene.days(2, 12), ({ state }) =>
    state.leaf.startsWith('working.') || state.leaf.startsWith('opportunity.')
      ? {
          by: stewardOf(state),
          deed: { kind: 'contact', channel: 'email', direction: 'outbound', twoWay: false, human: true, asset },
        }
      : undefined,
  );
}

function learn(scene: Scene): void {
  if (!scene.random.chance(0.55)) return;
  const tags = [...new Set([scene.random.pick(INSIGHT_TAGS), scene.random.pick(INSIGHT_TAGS)])];
  const insight = scene.random.pick(['problem', 'wish', 'goal', 'objection'] as const);
  scene.unlessMoved(scene.workHours(0.1, 1), ({ state }) => ({
    by: workerOf(state),
    deed: { kind: 'record-insight', insight, tags, note: 'In their own words, on the phone' },
  }));
}

function afterFirstTalk(scene: Scene): void {
  if (scene.random.chance(0.6)) {
    scene.unlessMoved(scene.days(0.5, 4), ({ state }) => ({
      by: workerOf(state),
      deed: { kind: 'advance', stage: 'analysing' },
    }));
    return;
  }
  confirmOrEnd(scene);
}

/** Sales-qualified where need and potential are real; else back, or lost. */
function confirmOrEnd(scene: Scene): void {
  const { random, prospect } = scene;
  if (random.chance(0.15 + prospect.fit * 0.6)) {
    scene.unlessMoved(scene.days(1, 7), ({ state }) => ({
      by: workerOf(state),
      deed: { kind: 'sales-qualify', needConfirmed: true, potentialConfirmed: true },
    }));
  } else if (random.chance(0.55)) {
    const reason = random.pick([
      'not-now.no-budget',
      'not-now.other-priorities',
      'needs-information',
      'not-a-fit.need',
    ]);
    const resumeAt = isoAfter(scene.at, random.whole(21, 70));
    scene.unlessMoved(scene.days(1, 8), ({ state }) => ({
      by: workerOf(state),
      deed: { kind: 'recycle', reason, resumeAt, ...rating(scene) },
    }));
  } else {
    scene.unlessMoved(scene.days(1, 8), ({ state }) => ({
      by: workerOf(state),
      deed: { kind: 'lose', ...random.pick(EARLY_LOSSES), ...rating(scene) },
    }));
  }
}

const EARLY_LOSSES = [
  { reason: 'no-decision' },
  { reason: 'collateral.raised-wrong-hopes', asset: 'demo-video' },
  { reason: 'follow-up.too-slow' },
  { reason: 'not-a-fit.need' },
] as const;

/** How good sales found the lead: near the truth, and often left out. */
export function rating({ random, prospect }: Scene): { readonly rating?: number } {
  if (!random.chance(0.6)) return {};
  return { rating: Math.min(5, Math.max(1, Math.round(1 + prospect.fit * 4 + random.between(-1, 1)))) };
}

/** A worker who does nothing: after some days the manager gives the lead to somebody else. */
function takeAway(scene: Scene): void {
  scene.unlessMoved(scene.days(4, 7), (now) => {
    const { worker } = now.state;
    const other = castTeam(worker?.team)?.members.find((one) => one !== worker?.person && !scene.world.gone.has(one));
    if (!worker || other === undefined) return undefined;
    const deed = { kind: 'reassign', reason: 'no-follow-up', worker: { team: worker.team, person: other } } as const;
    return { by: workersManager(now.state), deed, seen: now.revision };
  });
}
