import { createMachine, transition, type AnyStateMachine, type AnyStateNode } from 'xstate';
import { LEAVES, allows, deriveTable, leafOf, nextLeaf, valueOf } from './fold-table.js';
import { LEAD_EVENT_TYPES } from './lead-events.js';
import { flowFrom } from './lifecycle-flow.spec-kit.js';
import { CHOICES, lifecycleMachine, type LifecycleEvent } from './lifecycle-machine.js';

const events = LEAD_EVENT_TYPES.flatMap((type): LifecycleEvent[] => [
  { type },
  ...(CHOICES[type] ?? []).map((choice) => ({ type, choice })),
  { type, choice: 'no-such-choice' },
]);

describe('the fold table', () => {
  it.each(LEAVES)('from %s leads where XState does, for every event and choice', (leaf) => {
    const snapshot = lifecycleMachine.resolveState({ value: valueOf(leaf), context: {} });
    for (const event of events.filter(({ choice }) => choice !== 'no-such-choice')) {
      const theirs = snapshot.can(event) ? leafOf(transition(lifecycleMachine, snapshot, event)[0]) : undefined;
      expect([event, nextLeaf(leaf, event.type, event.choice)]).toEqual([event, theirs]);
    }
  });

  it.each(LEAVES)('from %s leads where the table of the domain does', (leaf) => {
    for (const { type, choice } of events) {
      if (choice === undefined && CHOICES[type]) continue; // no event of such a type is without its choice
      if (choice === 'no-such-choice') continue;
      expect([type, choice, nextLeaf(leaf, type, choice)]).toEqual([type, choice, flowFrom(leaf, type, choice)]);
    }
  });

  it.each(LEAVES)('from %s an unknown choice leads nowhere', (leaf) => {
    for (const { type } of events) expect(nextLeaf(leaf, type, 'no-such-choice')).toBeUndefined();
  });

  it('knows every choice that a guard of the machine asks for', () => {
    const nodes = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(nodes)];
    for (const node of nodes(lifecycleMachine.root)) {
      for (const candidate of [...node.transitions.values()].flat().filter(({ guard }) => guard !== undefined)) {
        const holds = candidate.guard as (args: { event: LifecycleEvent }) => boolean;
        const type = candidate.eventType as LifecycleEvent['type'];
        expect((CHOICES[type] ?? []).some((choice) => holds({ event: { type, choice } }))).toBe(true);
      }
    }
  });

  it('allows an event where some choice of it leads anywhere', () => {
    expect(allows('offered' as (typeof LEAVES)[number], 'HandoffExpired')).toBe(true);
    expect(allows('working.attempting' as (typeof LEAVES)[number], 'LeadAdvanced')).toBe(false);
    expect(allows('won' as (typeof LEAVES)[number], 'LeadContacted')).toBe(true);
    expect(allows('merged' as (typeof LEAVES)[number], 'LeadContacted')).toBe(false);
  });
});

describe('a machine that a fold could not follow', () => {
  const nothing = () => undefined;
  const machine = (a: object, rest: object = { b: {} }): AnyStateMachine =>
    createMachine({ initial: 'a', states: { a, ...rest } }) as AnyStateMachine;

  it.each<[string, AnyStateMachine]>([
    ['entry or exit actions', machine({ entry: nothing })],
    ['entry or exit actions', machine({ exit: nothing })],
    ['entry or exit actions', machine({ initial: { target: 'x', actions: nothing }, states: { x: {} } })],
    ['an invoked actor', machine({ invoke: { src: 'something' } })],
    ['a delayed transition', machine({ after: { 1000: 'b' } })],
    ['an eventless transition', machine({ always: { target: 'b', guard: () => false } })],
    ['transition actions', machine({ on: { LeadWon: { target: 'b', actions: nothing } } })],
    ['parallel or history states', machine({ type: 'parallel', states: { x: {}, y: {} } })],
    ['parallel or history states', machine({ initial: 'x', states: { x: {}, h: { type: 'history' } } })],
    ['a final state', machine({}, { b: { type: 'final' } })],
    ['states three levels deep', machine({ initial: 'x', states: { x: { initial: 'y', states: { y: {} } } } })],
  ])('is refused for %s', (what, refused) => {
    expect(() => deriveTable(refused)).toThrow(what);
  });

  it('and one without any of that is taken', () => {
    const { leaves, table } = deriveTable(machine({ on: { LeadWon: 'b' } }));
    expect(leaves).toEqual(['a', 'b']);
    expect([...table].map(([leaf, targets]) => [leaf, [...targets]])).toEqual([
      ['a', [['LeadWon', 'b']]],
      ['b', []],
    ]);
  });
});
