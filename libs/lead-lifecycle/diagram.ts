import { LEAVES, nextLeaf, topState, type Leaf } from './fold-table.js';
import { LEAD_EVENT_TYPES, type LeadEventType } from './lead-events.js';
import { CHOICES } from './lifecycle-machine.js';

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly event: LeadEventType;
  readonly choice: string | undefined;
}

/** Every transition of the machine. */
const ARROWS: readonly Arrow[] = LEAVES.flatMap((leaf) =>
  LEAD_EVENT_TYPES.flatMap((event) =>
    (CHOICES[event] ?? [undefined]).flatMap((choice): Arrow[] => {
      const to = nextLeaf(leaf, event, choice);
      return to === undefined ? [] : [{ from: leaf, to, event, choice }];
    }),
  ),
);
const TOPS = [...new Set(LEAVES.map(topState))];
const within = (top: string): readonly Leaf[] => LEAVES.filter((leaf) => topState(leaf) === top);

/** A Mermaid `stateDiagram-v2` of what leads from one state to another. */
export function lifecycleDiagram(): string {
  const moves = lifted(ARROWS.filter(({ from, to }) => from !== to));
  const inner = (top: string) => moves.filter(({ from, to }) => isInside(from, top) && isInside(to, top));
  const composites = TOPS.filter((top) => within(top).length > 1);
  const outer = moves.filter((arrow) => !composites.some((top) => inner(top).includes(arrow)));
  return [
    'stateDiagram-v2',
    '  direction TB',
    ...composites.flatMap((top) => [
      `  state ${top} {`,
      ...within(top).map((leaf) => `    state "${leaf.slice(top.length + 1)}" as ${nameOf(leaf)}`),
      ...lines(inner(top)).map((line) => `  ${line}`),
      '  }',
    ]),
    ...lines(outer),
  ].join('\n');
}

/** The events that leave a lead in its state, as rows of a Markdown table: event, then the states. */
export function stayingEvents(): readonly (readonly [LeadEventType, string])[] {
  const stays = lifted(ARROWS.filter(({ from, to }) => from === to).map((arrow) => ({ ...arrow, to: '' })));
  return LEAD_EVENT_TYPES.map((type) => {
    const at = stays.filter(({ event }) => event === type).map(({ from }) => from);
    const states = [...new Set(at)].filter(
      (state) => state === topState(state as Leaf) || !at.includes(topState(state as Leaf)),
    );
    return [type, states.join(', ')] as const;
  }).filter(([, states]) => states !== '');
}

/** One arrow from the whole of a composite state where each of its sub-states has it. */
function lifted(arrows: readonly Arrow[]): readonly Arrow[] {
  const seen = new Map<string, Arrow>();
  for (const arrow of arrows) {
    const top = topState(arrow.from as Leaf);
    const alike = arrows.filter(
      ({ from, to, event, choice }) =>
        topState(from as Leaf) === top && to === arrow.to && event === arrow.event && choice === arrow.choice,
    );
    const from = alike.length === within(top).length ? top : arrow.from;
    seen.set([from, arrow.to, arrow.event, arrow.choice].join('|'), { ...arrow, from });
  }
  return [...seen.values()];
}

/** Mermaid draws one arrow between two states, with all its events. */
function lines(arrows: readonly Arrow[]): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const arrow of arrows) {
    const ends = `${nameOf(arrow.from)} --> ${nameOf(arrow.to)}`;
    labels.set(ends, [...(labels.get(ends) ?? []), labelOf(arrow)]);
  }
  return [...labels].map(([ends, events]) => `  ${ends}: ${events.join('<br/>')}`);
}

const labelOf = ({ event, choice }: Arrow): string => (choice === undefined ? event : `${event} (${choice})`);
/** Where a lead begins is Mermaid's start; a dot is no part of a name there. */
const nameOf = (state: string): string => (state === 'uncreated' ? '[*]' : state.replace('.', '_'));
const isInside = (state: string, top: string): boolean => state.startsWith(`${top}.`);

/** The whole page `docs/generated/lifecycle.md`; ends with a line break. */
export function lifecyclePage(): string {
  const rows = stayingEvents().map(([event, states]) => `| ${event} | ${states} |`);
  return [
    '# The life of a lead',
    '',
    'Generated from the lifecycle machine by `npm run docs:generate`; a test compares the two. An arrow from `working` or',
    '`opportunity` begins in each of its sub-states. A choice that the event carries stands in brackets.',
    '',
    '```mermaid',
    lifecycleDiagram(),
    '```',
    '',
    '## Events that leave a lead where it is',
    '',
    '| Event | In |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}
