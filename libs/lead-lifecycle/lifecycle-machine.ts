import { createMachine } from 'xstate';
import type { LeadEventType } from './lead-events.js';

/**
 * What may follow what: the only definition. Everything else (the fold table, what a refusal lists as allowed, the
 * diagram in the docs) is derived from it. Guards read the event only, never context: state follows the order of the
 * stream alone, so an event whose target depends on a choice carries that choice.
 */
export interface LifecycleEvent {
  readonly type: LeadEventType;
  /** HandoffExpired.next, LeadAdvanced.stage, or LeadContacted.advances as text */
  readonly choice?: string;
}

const choice =
  (wanted: string) =>
  ({ event }: { event: LifecycleEvent }): boolean =>
    event.choice === wanted;

type Target = string | readonly { guard?: ReturnType<typeof choice>; target: string }[];
type Leaf = { readonly id: string; readonly on: Readonly<Record<string, Target>> };

/** Facts that may be noted in any state but merged. */
const ANYWHERE: readonly LeadEventType[] = [
  'StewardTransferred',
  'LeadDetailsCorrected',
  'LeadQualityRated',
  'InsightRecorded',
  'MessageRecommended',
  'DuplicateAbsorbed',
];
const OPEN_OR_LOST: readonly LeadEventType[] = [
  'InterestRecorded',
  'DisqualificationProposed',
  'DisqualificationDeclined',
];

/** A leaf state with its own transitions; `stays` lists the events that leave it where it is. */
function leaf(id: string, stays: readonly LeadEventType[], on: Partial<Record<LeadEventType, Target>>): Leaf {
  return { id, on: { ...Object.fromEntries(stays.map((type) => [type, `#${id}`])), ...on } };
}
const closed = (id: string, on: Partial<Record<LeadEventType, Target>>) => leaf(id, [...ANYWHERE, 'LeadContacted'], on);
const lostOrOpen = (id: string, on: Partial<Record<LeadEventType, Target>>, stays: readonly LeadEventType[] = []) =>
  leaf(id, [...ANYWHERE, 'LeadContacted', ...OPEN_OR_LOST, ...stays], { LeadDisqualified: '#disqualified', ...on });
const open = (id: string, on: Partial<Record<LeadEventType, Target>>, stays: readonly LeadEventType[] = []) =>
  lostOrOpen(id, on, ['LeadScored', ...stays]);

const raw = { LeadQualified: '#qualified', NurtureStarted: '#nurturing', LeadMerged: '#merged' };
const withdrawn = { QualificationWithdrawn: '#nurturing' };
const worked = { LeadLost: '#lost', LeadRecycled: '#nurturing' };
const stages = (phase: string, ...names: readonly string[]): { LeadAdvanced: Target } => ({
  LeadAdvanced: names.map((name) => ({ guard: choice(name), target: `#${phase}.${name}` })),
});

export const lifecycleMachine = createMachine({
  types: {} as { events: LifecycleEvent },
  id: 'lead',
  initial: 'uncreated',
  states: {
    uncreated: leaf('uncreated', [], { LeadCreated: '#captured' }),
    captured: open('captured', raw),
    nurturing: open('nurturing', raw),
    qualified: open('qualified', { ...withdrawn, LeadHeld: '#held', LeadHandedOff: '#offered' }),
    held: open('held', { ...withdrawn, LeadReleased: '#qualified' }),
    offered: open('offered', {
      HandoffAccepted: '#working.attempting',
      HandoffWithdrawn: '#qualified',
      HandoffRejected: '#nurturing',
      HandoffExpired: [
        { guard: choice('qualified'), target: '#qualified' },
        { guard: choice('nurturing'), target: '#nurturing' },
      ],
    }),
    working: {
      id: 'working',
      initial: 'attempting',
      states: {
        attempting: open(
          'working.attempting',
          {
            ...worked,
            LeadContacted: [
              { guard: choice('true'), target: '#working.contacted' },
              { guard: choice('false'), target: '#working.attempting' },
            ],
          },
          ['WorkerReassigned'],
        ),
        contacted: open(
          'working.contacted',
          { ...worked, ...stages('working', 'analysing'), LeadSalesQualified: '#opportunity.presenting' },
          ['WorkerReassigned'],
        ),
        analysing: open(
          'working.analysing',
          { ...worked, ...stages('working', 'contacted'), LeadSalesQualified: '#opportunity.presenting' },
          ['WorkerReassigned'],
        ),
      },
    },
    opportunity: {
      id: 'opportunity',
      initial: 'presenting',
      states: {
        presenting: open(
          'opportunity.presenting',
          { ...worked, LeadWon: '#won', ...stages('opportunity', 'quoting', 'closing') },
          ['WorkerReassigned'],
        ),
        quoting: open(
          'opportunity.quoting',
          { ...worked, LeadWon: '#won', ...stages('opportunity', 'presenting', 'closing') },
          ['WorkerReassigned'],
        ),
        closing: open(
          'opportunity.closing',
          { ...worked, LeadWon: '#won', ...stages('opportunity', 'presenting', 'quoting') },
          ['WorkerReassigned'],
        ),
      },
    },
    won: closed('won', {}),
    lost: lostOrOpen('lost', { LeadRecycled: '#nurturing' }, ['WorkerReassigned']),
    disqualified: closed('disqualified', { LeadReopened: '#nurturing', LeadMerged: '#merged' }),
    merged: leaf('merged', [], { LeadUnmerged: '#nurturing' }),
  },
});

/** The choices an event can carry, where its target depends on one. */
export const CHOICES: Partial<Record<LeadEventType, readonly string[]>> = {
  HandoffExpired: ['qualified', 'nurturing'],
  LeadAdvanced: ['contacted', 'analysing', 'presenting', 'quoting', 'closing'],
  LeadContacted: ['true', 'false'],
};
