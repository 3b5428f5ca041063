import { longestWord, NARROWEST, ownerText, wrappedLines, type OwnerLike } from './table.js';
import type { TimelineEvent } from './timeline-table.js';

/** A lead as the server answers it, as far as the head shows it. */
export interface LeadHead {
  readonly lead: string;
  readonly revision: number;
  readonly state: string;
  readonly cycle: number;
  readonly source: string;
  readonly topic: string;
  readonly campaign?: string;
  readonly createdAt: string;
  readonly imported?: boolean;
  readonly accountable?: string;
  readonly steward?: OwnerLike;
  readonly offeree?: OwnerLike;
  readonly worker?: OwnerLike;
  readonly score?: { readonly total: number; readonly passed: boolean };
  readonly allowed: readonly string[];
}

const NAMES = 13;
const INDENTED = `\n${' '.repeat(NAMES)}`;

/** Who has the lead, since when and by whom: the first thing that anybody asks. */
export function headText(lead: LeadHead, timeline: readonly TimelineEvent[], columns: number | undefined): string {
  const { state, cycle, source, topic, campaign, createdAt, accountable, score } = lead;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Lead', `${lead.lead} @ ${lead.revision}`],
    ['State', `${state}, cycle ${cycle}${lead.imported === true ? ', imported' : ''}`],
    ['From', [source, topic, campaign].filter((part) => part !== undefined).join(' / ')],
    ['Created', createdAt.slice(0, 19).replace('T', ' ')],
    ['Steward', owned('steward', lead.steward, timeline)],
    ['Offeree', owned('offeree', lead.offeree, timeline)],
    ['Worker', owned('worker', lead.worker, timeline)],
    ['Accountable', accountable],
    ['Score', score && `${score.total}, ${score.passed ? 'passed' : 'not passed'}`],
    ['Allowed', lead.allowed.join(', ')],
  ];
  const shown = lines.filter(([, text]) => text !== undefined && text !== '');
  return shown.map(([name, text = '']) => lineText(`${name}:`, text, columns ?? Infinity)).join('');
}

/** Beside its name; where a word of it is too long for that, such as an id on a narrow terminal, below. */
function lineText(name: string, text: string, columns: number): string {
  const beside = columns - NAMES;
  if (longestWord(text) <= beside) return `${name.padEnd(NAMES)}${wrappedLines(text, beside).join(INDENTED)}\n`;
  return `${name}\n${wrappedLines(text, Math.max(columns, NARROWEST)).join('\n')}\n`;
}

function owned(
  role: 'steward' | 'offeree' | 'worker',
  owner: OwnerLike | undefined,
  timeline: readonly TimelineEvent[],
): string | undefined {
  if (!owner) return undefined;
  const last = timeline.findLast(({ change }) => change?.[role] !== undefined);
  if (!last?.change) return ownerText(owner);
  const since = last.change.effectiveAt.slice(0, 19).replace('T', ' ');
  return `${ownerText(owner)} since ${since}, by ${last.actor.id}`;
}
