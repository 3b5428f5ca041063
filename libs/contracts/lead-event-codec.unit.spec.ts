import fc from 'fast-check';
import { LEAD_EVENTS, LEAD_EVENT_TYPES, type LeadEventType } from '../lead-lifecycle/lead-events.js';
import { anyOfShape } from '../shape/shape-arbitrary.spec-kit.js';
import type { JsonObject } from '../decider/json.js';
import { EventShapeFault } from './event-shape-fault.js';
import { decodeLeadEvent, encodeLeadPayload, personalFieldsOf } from './lead-event-codec.js';

const metadata = {
  occurredAt: '2024-01-01T00:00:00.000Z',
  recordedAt: '2024-01-01T00:00:01.000Z',
  actor: { kind: 'human', id: 'ben', role: 'marketing' },
  commandId: 'command-1',
};
const throughStore = (value: JsonObject): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
const anyDraft = (type: LeadEventType) =>
  fc.record(
    {
      type: fc.constant(type),
      data: anyOfShape<object>(LEAD_EVENTS[type].open),
      personal: anyOfShape<object>(LEAD_EVENTS[type].personal),
    },
    { requiredKeys: ['type', 'data'], noNullPrototype: true },
  ) as fc.Arbitrary<{ type: LeadEventType; data: JsonObject; personal?: JsonObject }>;

describe.each(LEAD_EVENT_TYPES)('%s', (type) => {
  const drafts = anyDraft(type);

  it('comes back from the store as it was decided', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const stored = encodeLeadPayload(draft);
        expect(stored.type).toBe(`${type}.v1`);
        expect(stored.personal).toEqual(draft.personal);
        const decoded = decodeLeadEvent({ type: stored.type, data: throughStore(stored.data), metadata });
        expect(decoded).toEqual({ type, data: draft.data, meta: metadata });
      }),
    );
  });

  it('is not stored without its cycle, with a field too many, or with something personal in the open', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const { cycle: _cycle, ...rest } = draft.data;
        expect(() => encodeLeadPayload({ ...draft, data: rest })).toThrow(`${type} /cycle: is required`);
        expect(() => encodeLeadPayload({ ...draft, data: { ...draft.data, email: 'a@b.example' } })).toThrow(
          new EventShapeFault(`${type} : has a field that is not part of it`),
        );
        expect(() => encodeLeadPayload({ ...draft, personal: { nickname: 'x' } })).toThrow(`${type} /personal`);
      }),
      { numRuns: 10 },
    );
  });
});

describe('decoding', () => {
  it.each(['LeadWon.v2', 'LeadWon', 'LeadForgotten.v1', 'toString.v1', '__proto__.v1', '', '.v1', 'LeadWon.v1.v1'])(
    'answers that %p is unknown, and does not throw',
    (type) => {
      expect(decodeLeadEvent({ type, data: {}, metadata })).toBeUndefined();
    },
  );
});

it('names the path of what is wrong, and not the value', () => {
  const reason = { code: 'Canary Person', agreement: { segment: 'default', version: 0 } };
  const encode = () => encodeLeadPayload({ type: 'LeadLost', data: { cycle: 1, reason } });
  expect(encode).toThrow('LeadLost /reason/code: must be a code');
  expect(encode).not.toThrow('Canary');
});

it('has no field that is both open and personal', () => {
  for (const type of LEAD_EVENT_TYPES) {
    const open = Object.keys(LEAD_EVENTS[type].open.fields);
    expect(personalFieldsOf(type).filter((field) => open.includes(field))).toEqual([]);
  }
});
