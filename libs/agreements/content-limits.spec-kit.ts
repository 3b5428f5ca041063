/** The store's limit of one event; written here again, since the domain does not know the store. */
export const MOST_EVENT_BYTES = 512 * 1024;
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Different codes of the greatest length. */
export const codes = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `${from + n}`.padStart(6, '0').padEnd(64, 'x'));
/** The label with the most bytes. */
export const LONGEST_LABEL = '\u{1F91D}'.repeat(80);
