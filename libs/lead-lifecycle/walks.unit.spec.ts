import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../decider/decision.js';
import { decide } from './decide/decide.js';
import { LEAVES } from './fold-table.js';
import { LEAD_COMMANDS, type LeadCommand } from './lead-commands.js';
import { LEAD_EVENT_TYPES } from './lead-events.js';
import { Watch } from './lead-invariants.spec-kit.js';
import { evolve, UNCREATED } from './lead-state.js';
import { misshapen, recordedAs } from './lead.spec-kit.js';
import { anyCommand, Chance, somebody, World } from './walk.spec-kit.js';

/** Commands in all; a million and more with BATON_WALK. */
const COMMANDS = Number(process.env['BATON_WALK'] ?? 100_000);
const LEAD_LIFE = 120;

interface Tally {
  readonly count: Record<string, number>;
  readonly kinds: Set<string>;
  readonly leaves: Set<string>;
  readonly types: Set<string>;
}
const one = (tally: Tally, what: string): void => void (tally.count[what] = (tally.count[what] ?? 0) + 1);

/** One lead from nothing, decided on at random: how many commands. Throws where an invariant does not hold. */
function walk(chance: Chance, world: World, importing: boolean, tally: Tally): number {
  const watch = new Watch();
  const done: { command: LeadCommand; actor: Actor }[] = [];
  let state = UNCREATED;
  world.nextLead();
  let step = 0;
  for (; step < LEAD_LIFE && !(state.leaf === 'won' && chance.percent(20)); step += 1) {
    world.turn();
    const around = world.facts();
    const again = chance.percent(4) && done.length > 0 ? chance.of(done) : undefined;
    const command = again?.command ?? anyCommand(chance, state, world, `command-${step}`);
    const actor = again?.actor ?? somebody(chance, command, state, around, importing);
    const facts = { ...around, actor };
    const decision = decide(command, state, facts);
    if (again && !(decision.ok && decision.events.length === 0)) throw new Error(`${command.kind} was done twice`);
    if (again) one(tally, 'repeated');
    else one(tally, !decision.ok ? decision.refusal.code : decision.events.length > 0 ? 'accepted' : 'unchanged');
    if (!decision.ok || decision.events.length === 0) continue;
    done.push({ command, actor });
    tally.kinds.add(command.kind);
    for (const draft of decision.events) {
      const problem = misshapen(draft);
      if (problem) throw new Error(`${draft.type} cannot be stored: ${problem}`);
      const event = recordedAs(draft, command, facts, state);
      state = evolve(state, event);
      watch.see(event, state, world.agreement);
      tally.types.add(event.type);
      tally.leaves.add(state.leaf);
    }
    const { leaf, recordedAt, effectiveAt } = decision.result.state;
    if (state.leaf !== leaf || state.recordedAt !== recordedAt || state.effectiveAt !== effectiveAt) {
      throw new Error(`${command.kind}: decided another state than was recorded`);
    }
  }
  watch.end();
  if (!isDeepStrictEqual(watch.events.reduce(evolve, UNCREATED), state)) throw new Error('folded to something else');
  return step;
}

function walks(seed: number, importing: boolean): Tally {
  const tally: Tally = { count: {}, kinds: new Set(), leaves: new Set(), types: new Set() };
  const chance = new Chance(seed);
  const world = new World(chance);
  let commands = 0;
  while (commands < COMMANDS / 2) commands += walk(chance, world, importing, tally);
  return tally;
}

const MILLISECONDS_AT_MOST = 60_000 + COMMANDS;

describe(`random walks of ${COMMANDS} commands`, () => {
  it.each([
    ['by people and rules', 20_240_101, false],
    ['of imported history, under the same table', 20_240_102, true],
  ])(
    'hold every invariant: %s',
    (_who, seed, importing) => {
      const { count, kinds, leaves, types } = walks(seed, importing);
      // A walk that goes nowhere shows nothing: each command was accepted, each state and event seen.
      expect([...kinds].toSorted()).toEqual(LEAD_COMMANDS.toSorted());
      expect([...leaves].toSorted()).toEqual(LEAVES.filter((leaf) => leaf !== 'uncreated').toSorted());
      expect([...types].toSorted()).toEqual(LEAD_EVENT_TYPES.toSorted());
      expect(count['accepted']).toBeGreaterThan(COMMANDS / 2 / 5);
      expect(count['repeated']).toBeGreaterThan(COMMANDS / 2 / 50);
    },
    MILLISECONDS_AT_MOST,
  );
});
