const EARLIEST = Date.parse('2000-01-01T00:00:00.000Z');

/** The rule that a time breaks at which something is said to have happened; undefined where it may. Both ISO 8601 UTC. */
export function impossibleTime(happened: string, now: string): string | undefined {
  const at = Date.parse(happened);
  if (at > Date.parse(now)) return 'must not be in the future';
  return at < EARLIEST ? 'must not be before the year 2000' : undefined;
}
