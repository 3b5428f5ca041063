import fc from 'fast-check';
import { anyOfShape } from '../shape/shape-arbitrary.spec-kit.js';
import { EventShapeFault } from './event-shape-fault.js';
import { storedAs } from './event-form.js';
import { CURRENT_FORMS } from './event-forms.js';
import { encodePayload } from './reference-event-codec.js';

const FORMS = CURRENT_FORMS.filter(({ category }) => category !== 'lead');

describe.each(FORMS.map((form) => ({ ...form, type: storedAs(form) })))('$type', ({ type, data: shape }) => {
  it('is stored as it was decided, and not with a field too many or too few', () => {
    fc.assert(
      fc.property(anyOfShape<object>(shape), (data) => {
        expect(encodePayload({ type, data })).toBe(data);
        expect(() => encodePayload({ type, data: { ...data, email: 'canary@b.example' } })).toThrow(
          new EventShapeFault(`${type} : has a field that is not part of it`),
        );
        for (const field of Object.keys(shape.fields)) {
          const { [field]: _gone, ...rest } = data as Record<string, unknown>;
          expect(() => encodePayload({ type, data: rest })).toThrow(`${type} /${field}: is required`);
        }
      }),
      { numRuns: 10 },
    );
  });
});

it('A type or version that is none of today is not stored', () => {
  for (const type of ['TeamFormed.v2', 'TeamFormed', 'TeamRenamed.v1', 'constructor']) {
    expect(() => encodePayload({ type, data: {} })).toThrow(`${type} : is no type that is written`);
  }
});
