import type { Act } from './act.js';
import { CAST, castTeam, LEAVERS, marketer, seller } from './cast.js';
import type { BookedLead } from './lead-book.js';
import { capacity, ofTeam, signed } from './opening.js';
import type { World } from './scene.js';
import { SECOND_AGREEMENT, SECOND_POLICY } from './terms.js';
import { afterWork, DAY, MINUTE } from './working-time.js';

/** What changes for everybody, by the day of the quarter on which it happens. */
export function turningPoints(world: World, start: number, leads: number): void {
  const on = (day: number, acts: readonly Act[]): void => {
    const at = afterWork(start + day * DAY, 90);
    acts.forEach((act, index) => world.agenda.note({ at: at + index * 5 * MINUTE, act: () => act }));
  };
  const managers = CAST.filter(({ kind }) => kind === 'sales');
  const declare = (share: number) => managers.map(({ id, manager }) => capacity(id, manager, leads, share));
  // Holidays: most of sales is away, and what qualifies meanwhile is held.
  on(31, declare(0.3));
  on(44, declare(1));
  on(
    46,
    signed('agreement', 2, SECOND_AGREEMENT, { by: marketer('mona'), signatories: [marketer('mona'), seller('sara')] }),
  );
  on(47, signed('policy', 2, SECOND_POLICY, { by: seller('sven'), signatories: [seller('ed'), marketer('olga')] }));
  leaves(world, LEAVERS.sales, afterWork(start + 58 * DAY, 60));
  leaves(world, LEAVERS.marketing, afterWork(start + 65 * DAY, 60));
}

/** Whoever leaves plans nothing from then on; their leads go to the others, one after the other, by their manager. */
function leaves({ agenda, book, gone }: World, { team, person }: { team: string; person: string }, at: number): void {
  const { kind, manager = '', members = [] } = castTeam(team) ?? {};
  const others = members.filter((one) => one !== person);
  const handOver = (lead: BookedLead, index: number): Act => {
    const heir = { team, person: others[index % others.length] ?? manager };
    return kind === 'sales'
      ? {
          on: 'lead',
          lead: lead.id,
          by: seller(manager),
          deed: { kind: 'reassign', reason: 'left-the-team', worker: heir },
          seen: lead.revision,
        }
      : {
          on: 'lead',
          lead: lead.id,
          by: marketer(manager),
          deed: { kind: 'transfer-stewardship', reason: 'left-the-team', steward: heir },
        };
  };
  const announced: () => undefined = () => {
    gone.add(person);
    const theirs = book.all().filter(({ state }) => {
      const owner = kind === 'sales' ? state.worker : state.steward;
      return owner?.person === person && state.leaf !== 'merged';
    });
    theirs.forEach(({ id }, index) =>
      agenda.note({
        at: at + (index + 1) * 1_000,
        act: () => {
          const now = book.get(id);
          return now && handOver(now, index);
        },
      }),
    );
    agenda.note({
      at: at + 3 * 60 * MINUTE,
      act: () => ofTeam(team, { type: 'leave', person }, kind === 'sales' ? seller(manager) : marketer(manager)),
    });
  };
  agenda.note({ at, act: announced });
}
