import { ownerText, tableOf, type OwnerLike } from './table.js';

interface FromTo<T> {
  readonly from: T | null;
  readonly to: T | null;
}

/** An event as the timeline answers it. */
export interface TimelineEvent {
  readonly revision: number;
  readonly type: string;
  /** ISO 8601 UTC */
  readonly occurredAt: string;
  readonly timeKnown?: false;
  readonly actor: { readonly kind: string; readonly id: string; readonly role: string };
  readonly change?: {
    readonly effectiveAt: string;
    readonly state?: FromTo<string>;
    readonly steward?: FromTo<OwnerLike>;
    readonly offeree?: FromTo<OwnerLike>;
    readonly worker?: FromTo<OwnerLike>;
    readonly reasonCode?: string;
  };
}

const NARROW = 100;

/** All events as a table, oldest first; on a narrow terminal time, event and actor stand in one column. */
export function timelineText(events: readonly TimelineEvent[], columns: number | undefined): string {
  const narrow = columns !== undefined && columns < NARROW;
  const rows = events.map((event) => {
    const { revision, type, actor } = event;
    const by = actor.kind === 'rule' ? `rule ${actor.id}` : `${actor.id} (${actor.role})`;
    const cells = [timeText(event), type, by];
    return [String(revision), ...(narrow ? [cells.join('\n')] : cells), changeText(event)];
  });
  return tableOf(narrow ? ['#', 'Event', 'Change'] : ['#', 'When (UTC)', 'Event', 'By', 'Change'], rows, columns);
}

/** To the second; `~` where the source gave no time. */
export function timeText({ occurredAt, timeKnown }: Pick<TimelineEvent, 'occurredAt' | 'timeKnown'>): string {
  return `${timeKnown === false ? '~' : ''}${occurredAt.slice(0, 19).replace('T', ' ')}`;
}

const OWNERS = ['steward', 'offeree', 'worker'] as const;

function changeText({ change }: TimelineEvent): string {
  if (!change) return '';
  const { state, reasonCode } = change;
  const owners = OWNERS.flatMap((role) => {
    const moved = change[role];
    return moved ? [`${role}: ${ownerText(moved.to)}`] : [];
  });
  return [
    ...(state ? [`${state.from ?? '·'} → ${state.to ?? '·'}`] : []),
    ...owners,
    ...(reasonCode === undefined ? [] : [`why: ${reasonCode}`]),
  ].join('\n');
}
