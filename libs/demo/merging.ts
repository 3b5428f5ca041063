import { stewardsManager, type Reactions } from './scene.js';
import { HOUR } from './working-time.js';

/** Two leads of one person, who came from two addresses: first the contacts are made one, then the leads. */
export const MERGING: Reactions = {
  LeadCreated(scene) {
    const { sameAs } = scene.prospect;
    if (sameAs === undefined) return;
    const { book } = scene.world;
    const at = scene.workHours(2, 12);
    scene.note(at, () => {
      const [one, other] = [book.get(scene.lead)?.state, book.get(sameAs)?.state];
      const by = one && stewardsManager(one);
      if (!by || !one.contact || !other?.contact || other.leaf === 'merged') return undefined;
      return {
        on: 'contact',
        by,
        contact: one.contact,
        deed: { type: 'merge', into: other.contact, reason: 'same-person' },
      };
    });
    scene.whatever(at + HOUR, ({ state, revision }) =>
      ['captured', 'nurturing'].includes(state.leaf) && book.get(sameAs)?.state.leaf !== 'merged'
        ? { by: stewardsManager(state), deed: { kind: 'merge', into: sameAs }, seen: revision }
        : undefined,
    );
  },

  LeadMerged(scene) {
    if (!scene.random.rarely('unmerged', 0.1)) return;
    scene.unlessMoved(scene.days(1, 4), ({ state, revision }) => ({
      by: stewardsManager(state),
      deed: { kind: 'unmerge', reason: 'not-the-same', note: 'Mother and daughter, each with a plan of her own' },
      seen: revision,
    }));
  },
};
