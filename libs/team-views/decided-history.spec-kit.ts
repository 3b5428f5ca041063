import type { NewEvent } from '../event-store/event-store.js';
import { decide } from '../lead-lifecycle/decide/decide.js';
import type { LeadCommand } from '../lead-lifecycle/lead-commands.js';
import { evolve, UNCREATED } from '../lead-lifecycle/lead-state.js';
import { ALL_TEAMS, recordedAs, uuid } from '../lead-lifecycle/lead.spec-kit.js';
import { anyCommand, Chance, somebody, World } from '../lead-lifecycle/walk.spec-kit.js';
import { uuidOf } from './lead-history.spec-kit.js';
import { ASSETS, type LeadStep, type SteppedLead } from './outcome-history.spec-kit.js';

const SOURCES = ['email', 'fair', 'organic-search'];
const CONTACTS = 30;

/** Leads that random people and rules brought on by random commands, as the real decider allowed and recorded it. */
export function decidedLeads(seed: number, leads: number, commandsEach: number): SteppedLead[] {
  const chance = new Chance(seed);
  const world = new World(chance);
  return Array.from({ length: leads }, (_, n) => {
    const lead = uuidOf(`decided ${seed} ${n}`);
    const steps = walk(chance, world, commandsEach, chance.percent(15));
    const events = steps.map(({ event }, revision): NewEvent => {
      const { type, data, meta } = event;
      const sealed = type === 'LeadCreated' || type === 'LeadDetailsCorrected';
      return {
        id: uuidOf(`${lead} ${revision}`),
        type: `${type}.v1`,
        data: { ...data, ...(sealed && { pii: { ct: `sealed ${n} ${revision}` } }) },
        metadata: { ...meta },
      } as unknown as NewEvent;
    });
    return { lead, stream: `lead-${lead}`, events, steps, state: steps.at(-1)!.after };
  });
}

function walk(chance: Chance, world: World, commands: number, importing: boolean): readonly LeadStep[] {
  const steps: LeadStep[] = [];
  let state = UNCREATED;
  world.nextLead();
  for (let step = 0; step < commands || steps.length === 0; step += 1) {
    world.turn();
    const said = anyCommand(chance, state, world, `command-${step}`);
    const command = { ...said, ...particulars(said.kind, chance) };
    const around = world.facts();
    const facts = { ...around, actor: somebody(chance, command, state, around, importing) };
    const decision = decide(command, state, facts);
    if (!decision.ok) continue;
    for (const draft of decision.events) {
      const event = recordedAs(draft, command, facts, state);
      const after = evolve(state, event);
      steps.push({ before: state, event, after });
      state = after;
    }
  }
  return steps;
}

/** What a number may be asked by and the bodies of the walk say always alike. */
function particulars(kind: LeadCommand['kind'], chance: Chance): object {
  const asset = chance.percent(50) ? { asset: chance.of(ASSETS) } : {};
  switch (kind) {
    case 'create':
      return {
        contact: uuid(100 + chance.below(CONTACTS)),
        source: chance.of(SOURCES),
        ...(chance.percent(50) && { campaign: chance.of(['spring', 'autumn']) }),
      };
    case 'contact':
    case 'lose':
      return asset;
    case 'record-insight':
      return { tags: chance.of([[], ['erp'], ['erp', 'price']]) };
    case 'win':
      return { value: chance.of([null, { amount: 10.25, currency: 'eur' }, { amount: 200, currency: 'usd' }]) };
    default:
      return {};
  }
}

export const DECIDING_TEAMS = ALL_TEAMS;
