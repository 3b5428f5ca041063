import {
  initialTransition,
  transition,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
} from 'xstate';
import { CHOICES, lifecycleMachine, type LifecycleEvent } from './lifecycle-machine.js';
import { LEAD_EVENT_TYPES, type LeadEventType } from './lead-events.js';

/** Where a lead stands, down to the sub-state: `nurturing`, `working.attempting`. `uncreated` before the first event. */
export type Leaf = string & { readonly __leaf: never };

export const leafOf = (snapshot: AnyMachineSnapshot): Leaf => {
  const value: unknown = snapshot.value;
  if (typeof value === 'string') return value as Leaf;
  const [[top, sub] = []] = Object.entries(value as Record<string, string>);
  return `${top}.${sub}` as Leaf;
};

export const valueOf = (leaf: string): string | Record<string, string> => {
  const [top = leaf, sub] = leaf.split('.');
  return sub === undefined ? top : { [top]: sub };
};

/** The state without its sub-state: what the responsibility matrix and the reports speak of. */
export function topState(leaf: Leaf): string {
  const dot = leaf.indexOf('.');
  return dot < 0 ? leaf : leaf.slice(0, dot);
}

export interface FoldTable {
  readonly leaves: readonly Leaf[];
  /** by leaf, then by event type and choice: a replay looks a million times, and need not join all three each time */
  readonly table: ReadonlyMap<string, ReadonlyMap<string, Leaf>>;
}

/**
 * The machine as a plain table, leaf + event type + choice → leaf. Asking XState for every event of a long history
 * would build an actor each time; a map look-up folds millions a second. The machine stays the only definition:
 * this is computed from it when the module loads, and a machine that a fold could not follow does not start.
 *
 * @throws Error naming the state and what in it a fold cannot follow
 */
export function deriveTable(machine: AnyStateMachine): FoldTable {
  const nodes = withDescendants(machine.root);
  nodes.forEach(assertFoldable);
  const leaves = nodes.filter((node) => node.type === 'atomic').map((node) => node.path.join('.') as Leaf);
  const table = new Map<string, ReadonlyMap<string, Leaf>>();
  for (const leaf of leaves) {
    const targets = new Map<string, Leaf>();
    table.set(leaf, targets);
    const snapshot = machine.resolveState({ value: valueOf(leaf), context: {} });
    for (const type of LEAD_EVENT_TYPES) {
      for (const choice of [undefined, ...(CHOICES[type] ?? [])]) {
        const event: LifecycleEvent = choice === undefined ? { type } : { type, choice };
        if (!snapshot.can(event)) continue;
        targets.set(key(type, choice), leafOf(transition(machine, snapshot, event)[0]));
      }
    }
  }
  return { leaves, table };
}

function withDescendants(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap((child: AnyStateNode) => withDescendants(child))];
}

function assertFoldable(node: AnyStateNode): void {
  const forbidden = [
    [node.path.length > 2, 'states three levels deep'],
    [node.type === 'final', 'a final state'],
    // before entry actions: XState starts and stops its timers with some
    [node.after.length > 0, 'a delayed transition'],
    [node.entry.length + node.exit.length + (node.initial?.actions.length ?? 0) > 0, 'entry or exit actions'],
    [node.invoke.length > 0, 'an invoked actor'],
    [(node.always ?? []).length > 0, 'an eventless transition'],
    [node.type === 'parallel' || node.type === 'history', 'parallel or history states'],
    [[...node.transitions.values()].flat().some((t) => t.actions.length > 0), 'transition actions'],
  ] as const;
  for (const [found, what] of forbidden) {
    if (found) throw new Error(`lifecycle machine: state ${node.id} has ${what}; a fold cannot follow that`);
  }
}

const key = (type: string, choice: string | undefined): string => (choice === undefined ? type : `${type}|${choice}`);

const derived = deriveTable(lifecycleMachine);

export const LEAVES: readonly Leaf[] = derived.leaves;
export const INITIAL_LEAF: Leaf = leafOf(initialTransition(lifecycleMachine)[0]);

/** The leaf after an event, or undefined where the lifecycle does not allow the event. */
export function nextLeaf(leaf: Leaf, type: LeadEventType, choice?: string): Leaf | undefined {
  return derived.table.get(leaf)?.get(key(type, choice));
}

/** Whether the state allows the event type under some choice. */
export function allows(leaf: Leaf, type: LeadEventType): boolean {
  const targets = derived.table.get(leaf);
  return [undefined, ...(CHOICES[type] ?? [])].some((choice) => targets?.has(key(type, choice)) === true);
}
