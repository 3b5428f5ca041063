import { castTeam } from './cast.js';
import { prospectOf } from './market.js';
import { formFilledIn } from './nurturing.js';
import type { World } from './scene.js';
import { DAY, HOUR, isWeekend } from './working-time.js';

const AT_WEEKENDS = 0.25;

/** Spreads the leads over the quarter: fewer at weekends, most in the day, some at night, a little more each week. */
export function arrivals({ agenda, random, gone }: World, leads: number, from: number, until: number): void {
  for (let number = 1; number <= leads; number += 1) {
    const at = momentOf();
    agenda.note({
      at,
      act: () => {
        const prospect = prospectOf(random, number);
        const team = prospect.source.team;
        const members = (castTeam(team)?.members ?? []).filter((one) => !gone.has(one));
        return formFilledIn(prospect, { team, person: random.pick(members) });
      },
    });
  }

  function momentOf(): number {
    for (;;) {
      const day = from + Math.floor(random.next() ** 0.85 * (until - from));
      if (isWeekend(day) && !random.chance(AT_WEEKENDS)) continue;
      const hour = random.chance(0.8) ? random.between(7, 19) : random.between(0, 24);
      const at = Math.floor(day / DAY) * DAY + Math.round(hour * HOUR);
      if (at > from && at < until) return at;
    }
  }
}
