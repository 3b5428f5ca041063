import fc from 'fast-check';
import { POLICY } from './agreements.spec-kit.js';
import { DEFAULT_AGREEMENT } from './default-agreement.js';
import { evaluate } from './policy.js';
import { validateAgreementContent } from './validate-agreement.js';
import { validatePolicyContent } from './validate-policy.js';

describe('any JSON', () => {
  const validators = [validatePolicyContent, validateAgreementContent];

  it('is judged, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (value) => {
        for (const validate of validators) expect(typeof validate(value).ok).toBe('boolean');
      }),
      { numRuns: 1_000 },
    );
  });

  it('in a place of a good content is judged, and what passes is unchanged and can be scored by', () => {
    const broken = fc
      .constantFrom<unknown>(POLICY, DEFAULT_AGREEMENT)
      .chain((content) =>
        fc
          .tuple(fc.array(fc.nat(), { maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }))
          .map(([path, value]) => replaced(content, path, value)),
      );
    fc.assert(
      fc.property(broken, (value) => {
        for (const validate of validators) {
          const checked = validate(value);
          if (checked.ok) expect(checked.content).toEqual(value);
          else expect(checked.field).not.toBe('');
          if (checked.ok && 'criteria' in checked.content) evaluate(checked.content, { behaviour: ['trial'] });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('nested very deep is refused without a look inside', () => {
    const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown;
    expect(validatePolicyContent({ ...POLICY, threshold: deep })).toMatchObject({ field: 'threshold' });
    expect(validateAgreementContent({ ...DEFAULT_AGREEMENT, routing: deep })).toMatchObject({ field: 'routing[0]' });
  });
});

/** The value with the place that the path leads to (modulo what there is) replaced. */
function replaced(value: unknown, [step, ...rest]: readonly number[], by: unknown): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  const entries: readonly [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return by;
  const [key, child] = entries[step % entries.length]!;
  const changed = replaced(child, rest, by);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
}
