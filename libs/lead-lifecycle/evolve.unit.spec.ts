import fc from 'fast-check';
import { anyOfShape } from '../shape/shape-arbitrary.spec-kit.js';
import { decide } from './decide/decide.js';
import { nextLeaf } from './fold-table.js';
import { LEAD_COMMANDS, type LeadCommand } from './lead-commands.js';
import { LEAD_EVENTS, LEAD_EVENT_TYPES, type LeadEvent } from './lead-events.js';
import { choiceOf, evolve, UNCREATED, type LeadState } from './lead-state.js';
import { at, BODIES, factsFor, given, IMPORTER, IN_FORCE, LEAD, RULE, WAY_TO } from './lead.spec-kit.js';

/** Any event that could stand in a stream, whether or not a decider would have written it there. */
const anyMeta = fc.record({
  occurredAt: fc.nat(9999).map(at),
  recordedAt: fc.nat(9999).map(at),
  actor: fc.constantFrom(IMPORTER, RULE),
  commandId: fc.nat(9).map((n) => `command-${n}`),
});
const anyEvent = fc.oneof(
  ...LEAD_EVENT_TYPES.map((type) =>
    fc.record({ type: fc.constant(type), data: anyOfShape<object>(LEAD_EVENTS[type].open), meta: anyMeta }),
  ),
) as unknown as fc.Arbitrary<LeadEvent>;
const anyLeaf = fc.constantFrom(...(Object.keys(WAY_TO) as (keyof typeof WAY_TO)[]));
const STATES = Object.fromEntries(Object.entries(WAY_TO).map(([leaf, way]) => [leaf, given(...way).story.state]));

function frozen<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

describe('evolve', () => {
  it('is total: any event in any state is answered, and one that is not allowed changes nothing', () => {
    fc.assert(
      fc.property(anyLeaf, fc.array(anyEvent, { minLength: 1, maxLength: 12 }), (leaf, events) => {
        let state: LeadState = frozen(STATES[leaf] ?? UNCREATED);
        for (const event of events.map(frozen)) {
          const to = nextLeaf(state.leaf, event.type, choiceOf(event));
          const after = evolve(state, event);
          if (to === undefined) expect(after).toBe(state);
          else expect(after.leaf).toBe(to);
          state = frozen(after);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is deterministic, and touches neither state nor event', () => {
    fc.assert(
      fc.property(anyLeaf, anyEvent, (leaf, event) => {
        const state = frozen(STATES[leaf] ?? UNCREATED);
        expect(evolve(state, frozen(event))).toEqual(evolve(structuredClone(state), structuredClone(event)));
      }),
    );
  });

  it('passes over a type that it does not know', () => {
    const unknown = { type: 'LeadForgotten', data: {}, meta: {} } as unknown as LeadEvent;
    for (const state of Object.values(STATES)) expect(evolve(state, unknown)).toBe(state);
  });

  it('is what the stream’s order says, whatever the times', () => {
    // a date before everything neither turns the order nor the interval around
    const { state } = given(...WAY_TO.offered).story;
    const early = { occurredAt: '2001-01-01T00:00:00.000Z', recordedAt: at(50), actor: IMPORTER, commandId: 'late' };
    const worker = { team: 'sal-field', person: 'sue' };
    const agreement = { segment: 'default', version: 0 };
    const data = { cycle: 1, offerId: state.offer?.id ?? '', worker, late: false, agreement };
    const after = evolve(state, { type: 'HandoffAccepted', data, meta: early });
    expect(after).toMatchObject({ leaf: 'working.attempting', effectiveAt: at(3), leafSince: at(3), worker });
  });
});

describe('decide', () => {
  it('is deterministic, and touches nothing that it was given', () => {
    fc.assert(
      fc.property(anyLeaf, fc.constantFrom(...LEAD_COMMANDS), fc.boolean(), (leaf, kind, byRule) => {
        const ask = () => ({
          command: { ...BODIES[kind], kind, lead: LEAD, commandId: 'asked' } as LeadCommand,
          facts: factsFor(byRule ? RULE : IMPORTER, 60, { policy: IN_FORCE }),
        });
        const [one, two] = [ask(), ask()];
        const state = frozen(STATES[leaf] ?? UNCREATED);
        const first = decide(frozen(one.command), state, frozen(one.facts));
        expect(decide(two.command, structuredClone(state), two.facts)).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });
});
