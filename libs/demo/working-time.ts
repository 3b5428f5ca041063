export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const QUARTER_DAYS = 91;

const OPENS = 8;
const CLOSES = 17;
export const WORKING_DAY_MINUTES = (CLOSES - OPENS) * 60;

const midnight = (at: number): number => Math.floor(at / DAY) * DAY;
export const isWeekend = (at: number): boolean => [0, 6].includes(new Date(at).getUTCDay());

/** The first moment from `at` on (ms) in which people work: Monday to Friday, 8 to 17 o'clock UTC. */
export function workingMoment(at: number): number {
  let day = midnight(at);
  if (isWeekend(day) || at >= day + CLOSES * HOUR) day += DAY;
  while (isWeekend(day)) day += DAY;
  return Math.max(at, day + OPENS * HOUR);
}

/** The moment after so many minutes of work. */
export function afterWork(at: number, minutes: number): number {
  let moment = workingMoment(at);
  let rest = minutes * MINUTE;
  for (;;) {
    const left = midnight(moment) + CLOSES * HOUR - moment;
    if (rest < left) return moment + Math.round(rest);
    rest -= left;
    moment = workingMoment(moment + left);
  }
}
