import { REASON_LISTS } from './agreement-content.js';
import { codes, jsonBytes, LONGEST_LABEL, MOST_EVENT_BYTES } from './content-limits.spec-kit.js';
import { DEFAULT_AGREEMENT } from './default-agreement.js';
import { validateAgreementContent } from './validate-agreement.js';

const reasonsWith = (change: object) => ({
  ...DEFAULT_AGREEMENT,
  reasons: { ...DEFAULT_AGREEMENT.reasons, ...change },
});
const lostWith = (change: object) =>
  reasonsWith({ lost: [{ code: 'x', label: 'X', faultDomain: 'collateral', ...change }] });
const routingWith = (change: object) => ({
  ...DEFAULT_AGREEMENT,
  routing: [{ name: 'r', when: {}, to: '*', mode: 'queue', ...change }],
});

describe('an agreement', () => {
  it('as shipped is one that may be signed', () => {
    expect(validateAgreementContent(DEFAULT_AGREEMENT)).toEqual({ ok: true, content: DEFAULT_AGREEMENT });
  });

  it.each<[string, unknown, string]>([
    ['an unknown field', { ...DEFAULT_AGREEMENT, calendars: [] }, 'calendars'],
    ['a list missing', reasonsWith({ lost: undefined }), 'reasons.lost'],
    ['an empty list', reasonsWith({ reopen: [] }), 'reasons.reopen'],
    ['an unknown list', reasonsWith({ won: [] }), 'reasons.won'],
    ['a dot in a code', lostWith({ code: 'a.b' }), 'reasons.lost[0].code'],
    ['an unknown fault domain', lostWith({ faultDomain: 'marketing' }), 'reasons.lost[0].faultDomain'],
    [
      'a third level',
      lostWith({ children: [{ code: 'y', label: 'Y', faultDomain: 'none', children: [] }] }),
      'reasons.lost[0].children[0].children',
    ],
    ['no reason that names the material', lostWith({ faultDomain: 'price' }), 'reasons.lost'],
    [
      'a reason of the rules missing',
      reasonsWith({ override: [{ code: 'x', label: 'X', faultDomain: 'none' }] }),
      'reasons.override',
    ],
    ['a time of 0', { ...DEFAULT_AGREEMENT, acceptWithinMinutes: 0 }, 'acceptWithinMinutes'],
    ['half a day', { ...DEFAULT_AGREEMENT, hygieneDays: 0.5 }, 'hygieneDays'],
    ['a scale of one', { ...DEFAULT_AGREEMENT, ratingScale: { min: 3, max: 3 } }, 'ratingScale'],
    [
      'a state nobody answers for',
      { ...DEFAULT_AGREEMENT, responsibilities: { ...DEFAULT_AGREEMENT.responsibilities, lost: 'nobody' } },
      'responsibilities.lost',
    ],
    ['no offers', { ...DEFAULT_AGREEMENT, mostOffersPerCycle: 0 }, 'mostOffersPerCycle'],
    ['no silence agreed', { ...DEFAULT_AGREEMENT, nurture: {} }, 'nurture.maximumSilenceDays'],
    ['no routing', { ...DEFAULT_AGREEMENT, routing: [] }, 'routing'],
    ['a route to a name', routingWith({ to: 'Sales north' }), 'routing[0].to'],
    ['a route to two', routingWith({ to: '**' }), 'routing[0].to'],
    ['an unknown condition', routingWith({ when: { country: ['DE'] } }), 'routing[0].when.country'],
    ['an unknown mode', routingWith({ mode: 'random' }), 'routing[0].mode'],
  ])('with %s is refused', (_, value, field) => {
    expect(validateAgreementContent(value)).toEqual({ ok: false, field, rule: expect.any(String) as string });
  });

  it('fits into an event at its largest', () => {
    const reason = (code: string) => ({ code: code.slice(0, 32), label: LONGEST_LABEL, faultDomain: 'lead-quality' });
    const shipped = REASON_LISTS.flatMap((list) =>
      DEFAULT_AGREEMENT.reasons[list].flatMap((one) => [one, ...(one.children ?? [])]),
    ).length;
    const families = Math.floor((600 - shipped) / 21);
    const family = { ...reason('parent'), children: codes(20).map(reason) };
    const largest = (more: number) => ({
      ...reasonsWith({
        lost: [...DEFAULT_AGREEMENT.reasons.lost, ...codes(families).map((code) => ({ ...family, ...reason(code) }))],
        reopen: [...DEFAULT_AGREEMENT.reasons.reopen, ...codes(600 - shipped - families * 21 + more).map(reason)],
      }),
      routing: codes(50).map((name) => ({ name, when: { source: codes(50) }, to: '*', mode: 'round-robin' })),
    });
    expect(validateAgreementContent(largest(0)).ok).toBe(true);
    expect(jsonBytes(largest(0))).toBeLessThan(MOST_EVENT_BYTES);
    expect(validateAgreementContent(largest(1))).toMatchObject({ ok: false, field: 'reasons' });
  });
});
