import { budgetBandOf, companySizeBandOf, isCode } from './profile.js';

it.each([
  [0, undefined],
  [0.5, undefined],
  [1, '1-10'],
  [10, '1-10'],
  [10.9, '1-10'],
  [11, '11-50'],
  [51, '51-200'],
  [201, '201-1000'],
  [1001, '1001-5000'],
  [5000, '1001-5000'],
  [5001, '5001+'],
  [Infinity, '5001+'],
  [NaN, undefined],
  [-3, undefined],
])('%p employees are %p', (employees, band) => {
  expect(companySizeBandOf(employees)).toBe(band);
});

it.each([
  [0, 'under-1k'],
  [999.99, 'under-1k'],
  [1000, '1k-5k'],
  [5000, '5k-25k'],
  [25_000, '25k-100k'],
  [100_000, '100k-500k'],
  [500_000, '500k+'],
  [-1, undefined],
  [NaN, undefined],
])('a budget of %p is %p', (amount, band) => {
  expect(budgetBandOf(amount)).toBe(band);
});

it.each([
  ['paid_search', true],
  ['5001+', true],
  ['a', true],
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['', false],
  ['Paid', false],
  ['two words', false],
  ['ada@example.org', false],
  ['-a', false],
  ['a\n', false],
])('%p as a code: %p', (text, expected) => {
  expect(isCode(text)).toBe(expected);
});
