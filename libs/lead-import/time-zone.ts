/** A zone by which a file's local times are read: `UTC`, a fixed offset such as `+02:00`, or an IANA name. */
export const isTimeZone = (zone: string): boolean => offsetOf(zone) !== undefined || isNamedZone(zone);

function isNamedZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const MINUTE = 60_000;

/** Milliseconds of a fixed zone ahead of UTC; undefined where the text is no fixed offset. */
export function offsetOf(zone: string): number | undefined {
  if (zone === 'UTC' || zone === 'Z') return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

/**
 * Milliseconds since the epoch of a wall-clock time, given as if it were UTC, in a zone. An hour that the clocks skip
 * or show twice gets one of its two readings.
 */
export function atZone(wallClock: number, zone: string): number {
  const fixed = offsetOf(zone);
  if (fixed !== undefined) return wallClock - fixed;
  const guess = wallClock - aheadOfUtc(wallClock, zone);
  return wallClock - aheadOfUtc(guess, zone);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function aheadOfUtc(instant: number, zone: string): number {
  const clock = clocks.get(zone) ?? newClock(zone);
  const part = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  return shown - Math.floor(instant / 1000) * 1000;
}

function newClock(timeZone: string): Intl.DateTimeFormat {
  const numeric = 'numeric' as const;
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
  const clock = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...fields });
  clocks.set(timeZone, clock);
  return clock;
}
