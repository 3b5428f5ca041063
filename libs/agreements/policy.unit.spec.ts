import fc from 'fast-check';
import { POLICY } from './agreements.spec-kit.js';
import { ATTRIBUTES, evaluate, type Criterion, type EvaluationInput, type PolicyContent } from './policy.js';

describe('evaluating a lead', () => {
  it('gives every point its criterion and the input that earned it', () => {
    const input = { industry: 'chemistry', companySizeBand: '51-200', behaviour: ['blog', 'trial', 'trial'] } as const;
    expect(evaluate(POLICY, input)).toEqual({
      points: [
        { criterion: 'industry', attribute: 'industry', input: 'chemistry', points: 30 },
        { criterion: 'size', attribute: 'companySizeBand', input: '51-200', points: 20 },
        { criterion: 'interest', attribute: 'behaviour', input: 'trial', points: 40 },
        { criterion: 'interest', attribute: 'behaviour', input: 'trial', points: 15 },
      ],
      total: 105,
      threshold: 60,
      passed: true,
    });
  });

  it('names every criterion where nothing is known', () => {
    expect(evaluate(POLICY, {})).toEqual({
      points: [
        { criterion: 'industry', attribute: 'industry', input: null, points: 0 },
        { criterion: 'size', attribute: 'companySizeBand', input: null, points: 0 },
        { criterion: 'interest', attribute: 'behaviour', input: null, points: 0 },
      ],
      total: 0,
      threshold: 60,
      passed: false,
    });
  });

  it.each<[string, EvaluationInput, number, boolean]>([
    ['exactly the threshold passes', { industry: 'retail', behaviour: ['trial'] }, 60, true],
    ['one rule short of it fails', { industry: 'retail', behaviour: ['demo-request'] }, 45, false],
    ['the first matching rule wins', { industry: 'chemistry' }, 30, false],
    ['a value without a rule earns nothing', { industry: 'farming', companySizeBand: '5001+' }, 0, false],
    ['points may speak against', { industry: 'chemistry', companySizeBand: '1-10' }, 20, false],
    [
      'a required criterion that earns nothing fails',
      { industry: 'farming', companySizeBand: '51-200', behaviour: ['trial'] },
      75,
      false,
    ],
  ])('%s', (_, input, total, passed) => {
    expect(evaluate(POLICY, input)).toMatchObject({ total, passed });
  });

  it('keeps the input that no rule speaks of', () => {
    expect(evaluate(POLICY, { industry: 'farming' }).points[0]).toMatchObject({ input: 'farming', points: 0 });
  });

  it('adds up, whatever the policy', () => {
    const word = fc.constantFrom('a', 'b', 'c', '1-10', 'now');
    const rule = fc.record({ anyOf: fc.array(word, { minLength: 1 }), points: fc.integer({ min: -50, max: 50 }) });
    const criterion: fc.Arbitrary<Criterion> = fc.record({
      id: fc.string(),
      attribute: fc.constantFrom(...ATTRIBUTES),
      rules: fc.array(rule, { maxLength: 5 }),
      required: fc.boolean(),
    });
    const policy = fc.record({
      criteria: fc.uniqueArray(criterion, { selector: ({ id }) => id }),
      threshold: fc.integer({ min: -60, max: 60 }),
    });
    const input = fc.record(
      { industry: word, source: word, topic: word, timeline: fc.constant('now' as const), behaviour: fc.array(word) },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(policy, input, addsUp));
  });
});

function addsUp(policy: PolicyContent, input: EvaluationInput): void {
  const { points, total, passed } = evaluate(policy, input);
  const earned = (id: string) =>
    points.filter((line) => line.criterion === id).reduce((sum, line) => sum + line.points, 0);
  expect(policy.criteria.reduce((sum, { id }) => sum + earned(id), 0)).toBe(total);
  expect(points.reduce((sum, line) => sum + line.points, 0)).toBe(total);
  expect(new Set(points.map(({ criterion }) => criterion)).size).toBe(policy.criteria.length);
  const required = policy.criteria.filter((criterion) => criterion.required);
  expect(passed).toBe(total >= policy.threshold && required.every(({ id }) => earned(id) > 0));
  for (const line of points.filter(({ input: value }) => value === null)) expect(line.points).toBe(0);
}
