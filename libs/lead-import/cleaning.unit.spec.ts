import fc from 'fast-check';
import { BUDGET_BANDS, COMPANY_SIZE_BANDS } from '../agreements/profile.js';
import { canBeEmail, canBePhone } from '../personal-data/addresses.js';
import * as clean from './cleaning.js';
import { readNumber } from './number-text.js';

const value = <T>(result: clean.Cleaned<T>): T | undefined => (result.ok ? result.value : undefined);

describe('cleaning', () => {
  it.each([
    [clean.email, 'mailto:Ada@Example.COM', 'ada@example.com'],
    [clean.email, 'ada at example.com', undefined],
    [clean.email, 'a@b@c.com', undefined],
    [clean.phone, '+49 (0)30 / 123-456', '+49030123456'],
    [clean.phone, '0049 30 123456 ext. 7', '+4930123456'],
    [clean.phone, 'call me', undefined],
    [clean.domain, 'https://www.Example.com/contact?x=1', 'example.com'],
    [clean.domain, 'example', undefined],
    [clean.country, 'Brazil', 'br'],
    [clean.country, 'DE', 'de'],
    [clean.country, 'UK', 'gb'],
    [clean.country, 'Atlantis', undefined],
    [clean.seniority, 'Vice President, Sales', 'vp'],
    [clean.seniority, 'CEO & Founder', 'owner'],
    [clean.seniority, 'Assistant to the CEO', 'staff'],
    [clean.seniority, 'Poet', undefined],
    [clean.timeline, 'This Quarter', 'this-quarter'],
    [clean.companySizeBand, '201-500', '201-1000'],
    [clean.companySizeBand, '10,000+', '5001+'],
    [clean.companySizeBand, '11-50', '11-50'],
    [clean.companySizeBand, '0', undefined],
    [clean.budgetBand, '$25,000.00', '25k-100k'],
    [clean.opaqueId, '00Q5g00000ABC', '00Q5g00000ABC'],
    [clean.opaqueId, 'ada@example.com', undefined],
    [clean.freeText(5), 'a\n b', 'a b'],
    [clean.freeText(2), 'abc', undefined],
  ] as const)('%p of %j', (cleaner: clean.Cleaner, text, expected) => expect(value(cleaner(text))).toBe(expected));

  it('never repeats in its rule what stood in the cell', () => {
    const cleaners = [clean.email, clean.phone, clean.domain, clean.country, clean.seniority, clean.opaqueId];
    fc.assert(
      fc.property(fc.constantFrom(...cleaners), fc.stringMatching(/^[A-Z@]{12,20}$/), (cleaner, text) => {
        const result = cleaner(text);
        expect(result.ok || !result.rule.includes(text)).toBe(true);
      }),
    );
  });

  it('makes no address that the API would refuse', () => {
    const piece = fc.string({ unit: 'grapheme', maxLength: 6 });
    const typed = fc.oneof(
      fc.tuple(piece, piece, piece).map(([a, b, c]) => `${a}@${b}.${c}`),
      fc.stringMatching(/^[+0-9 ().x\/-]{1,24}$/),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const [email, phone] = [value(clean.email(text)), value(clean.phone(text))] as (string | undefined)[];
        expect(email === undefined || canBeEmail(email)).toBe(true);
        expect(phone === undefined || canBePhone(phone)).toBe(true);
      }),
    );
    // A full-width at sign becomes one where addresses are compared.
    expect(value(clean.email('a\uff20b@c.example'))).toBeUndefined();
  });

  it('parts codes at ; , and |, without repetition', () => {
    expect(value(clean.codes('Webinar attended; Price list|webinar attended,'))).toEqual([
      'webinar-attended',
      'price-list',
    ]);
  });

  it('puts every whole number into the band that holds it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (count) => {
        expect(COMPANY_SIZE_BANDS).toContain(value(clean.companySizeBand(String(count))));
        expect(BUDGET_BANDS).toContain(value(clean.budgetBand(String(count))));
      }),
    );
  });
});

describe('numbers', () => {
  it.each([
    ['1,234.50', '.', 1234.5],
    ['1.234,50', ',', 1234.5],
    ['R$ 100', '.', 100],
    ['0.0', '.', 0],
    ['1 234', '.', 1234],
    ['12,34', '.', undefined],
    ['-5', '.', undefined],
    ['1e9', '.', undefined],
    ['', '.', undefined],
  ] as const)('%j with %s', (text, decimal, number) => expect(readNumber(text, decimal)).toBe(number));
});
