export const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** The delimiter that parts the header line most often, outside quotes; a comma where none does. */
export function delimiterOf(beginning: string): Delimiter {
  const [header = ''] = beginning.replace(/"[^"]*"/g, '').split(/\r?\n/);
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).delimiter;
}
