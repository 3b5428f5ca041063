import type { SaidOfLog } from '../../libs/ownership-trail/verdict.js';

/** A report's first line. */
export const verdictLine = ({
  verdict,
  rule,
  index,
}: {
  readonly verdict: string;
  readonly rule?: string;
  readonly index?: number;
}): string => `${verdict}${rule === undefined ? '' : `: ${rule}`}${index === undefined ? '' : ` (leaf ${index})`}`;

/** What is said of the log, where its signature holds. */
export function logLines({ origin, size, root, quorum, witnessed }: Partial<SaidOfLog>): readonly string[] {
  if (origin === undefined) return [];
  return [
    line('log', origin),
    line('leaves', size),
    line('root', root),
    line('quorum', quorum),
    ...(witnessed ? [line('seen', `from ${witnessed.notBefore} to ${witnessed.notAfter}`)] : []),
  ];
}

export const line = (name: string, value: unknown): string => `${name.padEnd(8)} ${String(value)}`;

const MOST_INDEXES = 20;

/** Indexes of leaves, the first of them. */
export const indexList = (indexes: readonly number[]): string =>
  indexes.slice(0, MOST_INDEXES).join(', ') +
  (indexes.length > MOST_INDEXES ? ` and ${indexes.length - MOST_INDEXES} more` : '');
