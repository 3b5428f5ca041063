import fc from 'fast-check';
import { badFormat, readTime, USUAL_FORMATS } from './time-format.js';
import { isTimeZone } from './time-zone.js';

describe('readTime', () => {
  it.each([
    ['2018-02-26 19:58:54', USUAL_FORMATS, 'UTC', '2018-02-26T19:58:54.000Z', true],
    ['2018-02-26', USUAL_FORMATS, 'UTC', '2018-02-26T00:00:00.000Z', false],
    ['2024-05-06T07:08:09.123+02:00', USUAL_FORMATS, 'UTC', '2024-05-06T05:08:09.123Z', true],
    ['2024-05-06T07:08:09Z', USUAL_FORMATS, '+05:30', '2024-05-06T07:08:09.000Z', true],
    ['3/9/2024, 1:05 PM', ['M/d/yyyy, h:mm a'], 'UTC', '2024-03-09T13:05:00.000Z', true],
    ['3/9/2024, 12:05 AM', ['M/d/yyyy, h:mm a'], 'UTC', '2024-03-09T00:05:00.000Z', true],
    ['09.03.2024 14:00', ['dd.MM.yyyy', 'dd.MM.yyyy HH:mm'], 'Europe/Berlin', '2024-03-09T13:00:00.000Z', true],
    ['09.07.2024 14:00', ['dd.MM.yyyy HH:mm'], 'Europe/Berlin', '2024-07-09T12:00:00.000Z', true],
    ['2024-03-09 14:00', USUAL_FORMATS, '-03:00', '2024-03-09T17:00:00.000Z', true],
  ])('%s', (text, formats, zone, at, known) =>
    expect(readTime(text, formats, zone)).toEqual({ ok: true, value: { at, known } }),
  );

  it.each(['', 'yesterday', '0000-01-01x', '01/02/2024'])('finds no format in %j', (text) => {
    expect(readTime(text, ['yyyy-MM-dd', 'd.M.yyyy'], 'UTC')).toEqual({
      ok: false,
      rule: 'is no date in yyyy-MM-dd or d.M.yyyy',
    });
  });

  it.each(['2024-02-30', '0000-00-00', '2024-13-01', '2024-01-01 24:00', '2024-01-01 10:60'])(
    'knows that there is no %j',
    (text) => {
      expect(readTime(text, USUAL_FORMATS, 'UTC')).toEqual({
        ok: false,
        rule: 'is a day or an hour that there is not',
      });
    },
  );

  it.each(['0000-01-01', '0099-12-31'])('leaves %s in its own century', (day) => {
    expect(readTime(day, USUAL_FORMATS, 'UTC')).toMatchObject({ value: { at: `${day}T00:00:00.000Z` } });
  });

  it('reads back every time that was written in its format', () => {
    const someTime = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(someTime, (time) => {
        const at = time.toISOString();
        expect(readTime(at, USUAL_FORMATS, '+09:00')).toEqual({ ok: true, value: { at, known: true } });
      }),
    );
  });
});

describe('formats and zones of a mapping', () => {
  it.each(['yyyy', 'dd.MM', 'yyyy-MM-dd hh:mm', 'yyyy-MM-dd HH:mm a', 'yyyy-MM-ddThh', 'yyyy-MM-dd foo'])(
    'refuses %s',
    (format) => expect(badFormat(format)).toEqual(expect.any(String)),
  );
  it.each(USUAL_FORMATS)('takes %s', (format) => expect(badFormat(format)).toBeUndefined());
  it.each([
    ['UTC', true],
    ['+02:00', true],
    ['America/Sao_Paulo', true],
    ['Mars/Olympus', false],
    ['', false],
  ])('zone %j: %s', (zone, known) => expect(isTimeZone(zone)).toBe(known));
});
