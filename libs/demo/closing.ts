import type { Stage as SalesStage } from '../lead-lifecycle/lead-events.js';
import { ASSETS, COMPETITORS } from './market.js';
import { CLOCK } from './cast.js';
import { isoAfter, stewardOf, stewardsManager, workerOf, type Reactions, type Scene } from './scene.js';
import { rating } from './working.js';
import { DAY, HOUR } from './working-time.js';

/** From a confirmed opportunity to its end, and what follows on the end. */
export const CLOSING: Reactions = {
  LeadSalesQualified: (scene) => nextStage(scene, 'quoting', 2, 9),
  LeadAdvanced(scene) {
    if (scene.event.data.stage === 'quoting') nextStage(scene, 'closing', 3, 12);
    else if (scene.event.data.stage === 'closing') end(scene);
  },
  WorkerReassigned(scene) {
    const leaf = scene.world.book.get(scene.lead)?.state.leaf;
    if (leaf === 'opportunity.presenting') nextStage(scene, 'quoting', 2, 9);
    else if (leaf === 'opportunity.quoting') nextStage(scene, 'closing', 3, 12);
    else if (leaf === 'opportunity.closing') end(scene);
  },

  LeadLost(scene) {
    rateLate(scene);
    if (scene.random.rarely('loss recycled by hand', 0.4)) {
      const resumeAt = isoAfter(scene.at, scene.random.whole(40, 90));
      scene.unlessMoved(scene.days(1, 9), ({ state }) => ({
        by: scene.random.chance(0.5) ? workerOf(state) : stewardOf(state),
        deed: { kind: 'recycle', reason: 'not-now.other-priorities', resumeAt },
      }));
    }
    // Two weeks and nobody decided: the agreed clock takes it back to marketing.
    scene.unlessMoved(scene.at + 14 * DAY + HOUR, () => ({
      by: CLOCK,
      deed: { kind: 'recycle', reason: 'undecided-loss', resumeAt: isoAfter(scene.at, 45) },
    }));
  },
  LeadWon: rateLate,
  LeadRecycled: rateLate,

  DisqualificationProposed(scene) {
    const isDeclined = scene.random.rarely('proposal declined', 0.25);
    scene.whatever(scene.workHours(1, 12), ({ state, revision }) => {
      if (!state.proposal) return undefined;
      const by = stewardOf(state);
      return isDeclined
        ? { by, deed: { kind: 'decline-disqualification', reason: 'needs-information' } }
        : { by, deed: { kind: 'disqualify' }, seen: revision };
    });
  },
  LeadDisqualified(scene) {
    if (!scene.random.rarely('reopened', 0.1)) return;
    scene.unlessMoved(scene.days(3, 15), ({ state }) => ({
      by: stewardsManager(state),
      deed: { kind: 'reopen', reason: 'new-evidence', note: 'Wrote from their company address' },
    }));
  },
};

function nextStage(scene: Scene, stage: SalesStage, least: number, most: number): void {
  if (scene.random.rarely('lost on the way', 0.14)) {
    lose(scene, least, most);
    return;
  }
  const asset = scene.random.chance(0.5) ? { asset: scene.random.pick(ASSETS) } : {};
  const at = scene.days(least, most);
  scene.unlessMoved(at, ({ state }) => ({
    by: workerOf(state),
    deed: { kind: 'contact', channel: 'meeting', direction: 'outbound', twoWay: true, human: true, ...asset },
  }));
  scene.unlessMoved(at + HOUR, ({ state }) => ({ by: workerOf(state), deed: { kind: 'advance', stage } }));
}

function end(scene: Scene): void {
  const { random, prospect } = scene;
  if (!random.rarely('won', 0.25 + prospect.fit * 0.55)) {
    lose(scene, 2, 14);
    return;
  }
  const value = random.chance(0.08) ? null : { amount: 500 * random.whole(12, 340), currency: 'eur' };
  scene.unlessMoved(scene.days(2, 14), ({ state }) => ({
    by: workerOf(state),
    deed: { kind: 'win', value, ...rating(scene) },
  }));
}

function lose(scene: Scene, least: number, most: number): void {
  const { random } = scene;
  const reason = random.weighted({
    'price.too-high': 5,
    'price.terms': 1,
    'product.feature-missing': 3,
    'product.integration': 3,
    'collateral.outdated': 2,
    'collateral.missing': 3,
    competitor: 4,
    'no-decision': 3,
    'follow-up.too-slow': 2,
  });
  const named = {
    ...(reason === 'competitor' ? { competitor: random.pick(COMPETITORS) } : {}),
    ...(reason.startsWith('collateral') ? { asset: random.pick(ASSETS) } : {}),
  };
  scene.unlessMoved(scene.days(least, most), ({ state }) => ({
    by: workerOf(state),
    deed: { kind: 'lose', reason, ...named, ...rating(scene) },
  }));
}

/** Some rate when they are reminded; some never do. */
function rateLate(scene: Scene): void {
  const by = scene.event.meta.actor;
  if (by.role !== 'sales' || !scene.random.chance(0.4)) return;
  const cycle = scene.event.data.cycle;
  const late = 1 + Math.round(scene.prospect.fit * 4);
  scene.whatever(scene.days(2, 10), ({ state }) => {
    const isOpen = state.cycles.some((one) => one.number === cycle && one.lastWorker?.person === by.id && !one.rated);
    return isOpen && state.leaf !== 'merged'
      ? { by: { subject: by.id, role: 'sales' }, deed: { kind: 'rate', rating: late, cycle } }
      : undefined;
  });
}
