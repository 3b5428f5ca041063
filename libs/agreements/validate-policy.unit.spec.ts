import { POLICY } from './agreements.spec-kit.js';
import { codes, jsonBytes, LONGEST_LABEL, MOST_EVENT_BYTES } from './content-limits.spec-kit.js';
import { validatePolicyContent } from './validate-policy.js';

const criterion = POLICY.criteria[0]!;
const withCriterion = (change: object) => ({ ...POLICY, criteria: [{ ...criterion, ...change }] });
const withRule = (change: object) => withCriterion({ rules: [{ anyOf: ['a'], points: 1, ...change }] });

describe('a policy', () => {
  it('is taken as it is', () => {
    expect(validatePolicyContent(POLICY)).toEqual({ ok: true, content: POLICY });
  });

  it.each<[string, unknown, string]>([
    ['no object', null, 'content'],
    ['a list', [], 'content'],
    ['no threshold', { criteria: POLICY.criteria }, 'threshold'],
    ['a broken threshold', { ...POLICY, threshold: 1.5 }, 'threshold'],
    ['a text as threshold', { ...POLICY, threshold: '60' }, 'threshold'],
    ['an infinite threshold', { ...POLICY, threshold: Infinity }, 'threshold'],
    ['an unknown field', { ...POLICY, treshold: 60 }, 'treshold'],
    ['data where a field name is', { ...POLICY, 'ada@example.org': 1 }, 'content'],
    ['a prototype', JSON.parse('{"criteria":[],"threshold":1,"__proto__":{"x":1}}'), 'criteria'],
    ['no criterion', { ...POLICY, criteria: [] }, 'criteria'],
    ['51 criteria', { ...POLICY, criteria: codes(51).map((id) => ({ ...criterion, id })) }, 'criteria'],
    ['a criterion twice', { ...POLICY, criteria: [criterion, criterion] }, 'criteria[1]'],
    ['an unknown attribute', withCriterion({ attribute: 'shoeSize' }), 'criteria[0].attribute'],
    ['an id that is no code', withCriterion({ id: 'Two words' }), 'criteria[0].id'],
    ['a requirement that is no yes or no', withCriterion({ required: 'yes' }), 'criteria[0].required'],
    ['a label of two lines', withCriterion({ label: 'a\nb' }), 'criteria[0].label'],
    ['a lone surrogate, which has no JCS', withCriterion({ label: '\ud800' }), 'criteria[0].label'],
    ['a label of 81', withCriterion({ label: 'x'.repeat(81) }), 'criteria[0].label'],
    ['no rules', withCriterion({ rules: [] }), 'criteria[0].rules'],
    [
      '101 rules',
      withCriterion({ rules: codes(101).map((one) => ({ anyOf: [one], points: 1 })) }),
      'criteria[0].rules',
    ],
    ['points over 1000', withRule({ points: 1001 }), 'criteria[0].rules[0].points'],
    ['points under -1000', withRule({ points: -1001 }), 'criteria[0].rules[0].points'],
    ['201 values', withRule({ anyOf: codes(201) }), 'criteria[0].rules[0].anyOf'],
    ['a value twice', withRule({ anyOf: ['a', 'a'] }), 'criteria[0].rules[0].anyOf[1]'],
    ['a value that is no code', withRule({ anyOf: ['a b'] }), 'criteria[0].rules[0].anyOf[0]'],
    [
      'a band that does not exist',
      withCriterion({ attribute: 'seniority', rules: [{ anyOf: ['vp', 'vice-president'], points: 1 }] }),
      'criteria[0].rules[0].anyOf',
    ],
  ])('with %s is refused', (_, value, field) => {
    expect(validatePolicyContent(value)).toEqual({ ok: false, field, rule: expect.any(String) as string });
  });

  it('never repeats a value in the rule', () => {
    const refused = validatePolicyContent(withCriterion({ id: 'ada@example.org' }));
    expect(JSON.stringify(refused)).not.toContain('ada');
  });

  it('fits into an event at its largest', () => {
    const rules = (n: number) => Array.from({ length: 80 }, (_, r) => ({ anyOf: codes(1, n * 80 + r), points: -1000 }));
    const largest = {
      criteria: codes(50).map((id, n) => ({ ...criterion, id, rules: rules(n), label: LONGEST_LABEL })),
      threshold: 0,
    };
    expect(validatePolicyContent(largest).ok).toBe(true);
    expect(jsonBytes(largest)).toBeLessThan(MOST_EVENT_BYTES);
    const [first, ...others] = largest.criteria;
    const over = { ...first!, rules: [...first!.rules, { anyOf: ['one-more'], points: 0 }] };
    expect(validatePolicyContent({ ...largest, criteria: [over, ...others] })).toMatchObject({ field: 'criteria' });
  });
});
