/** Milliseconds since the epoch. Handed in everywhere, so that tests drive it. */
export type Clock = () => number;

/** ISO 8601 UTC with milliseconds, the only form of a time in events. */
export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
