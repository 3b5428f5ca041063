import { afterWork, workingMoment } from './working-time.js';

const at = (text: string): number => Date.parse(text);
const iso = (moment: number): string => new Date(moment).toISOString().slice(0, 16);

describe('Working time', () => {
  it.each([
    ['2026-03-04T07:00Z', '2026-03-04T08:00'],
    ['2026-03-04T12:34Z', '2026-03-04T12:34'],
    ['2026-03-04T17:00Z', '2026-03-05T08:00'],
    ['2026-03-06T18:00Z', '2026-03-09T08:00'],
    ['2026-03-07T12:00Z', '2026-03-09T08:00'],
  ])('from %s on begins at %s', (from, moment) => expect(iso(workingMoment(at(from)))).toBe(moment));

  it.each([
    [30, '2026-03-06T16:30'],
    [90, '2026-03-09T08:30'],
    [90 + 9 * 60, '2026-03-10T08:30'],
  ])('%d minutes after Friday, four o’clock, it is %s', (minutes, moment) =>
    expect(iso(afterWork(at('2026-03-06T16:00Z'), minutes))).toBe(moment),
  );
});
