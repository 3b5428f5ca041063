import fc from 'fast-check';
import { type CursorValue, PageCursors } from './cursor.js';
import { ProblemException } from './problem-exception.js';

const cursorOf = (url: string, ended: readonly CursorValue[]): string => new PageCursors(url).next(ended).next!;
const on = (url: string, cursor: string) =>
  new PageCursors(`${url}${url.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`);
const ruleOf = (cursors: PageCursors) => {
  try {
    return cursors.after(['string', 'number']);
  } catch (fault) {
    return fault instanceof ProblemException ? fault.problem.errors : fault;
  }
};
const refused = (rule: RegExp) => [{ in: 'query', field: 'cursor', rule: expect.stringMatching(rule) as string }];

describe('a cursor', () => {
  it('gives back what it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.integer(), (text, number) => {
        expect(on('/things', cursorOf('/things', [text, number])).after(['string', 'number'])).toEqual([text, number]);
      }),
    );
    expect(new PageCursors('/things').after(['string'])).toBeUndefined();
    expect(new PageCursors('/things').next(undefined)).toEqual({});
  });

  it('is refused when it is anything else', () => {
    const good = cursorOf('/things', ['a', 1]);
    const bad = [
      '',
      'x',
      good + '=',
      good + 'A',
      ` ${good}`,
      cursorOf('/things', ['a']),
      cursorOf('/things', [1, 'a']),
      cursorOf('/things', ['a', 1, 1]),
      Buffer.from('{"0":"a","1":1,"length":2}').toString('base64url'),
      'A'.repeat(2000),
    ];
    for (const text of bad) expect(ruleOf(on('/things', text))).toEqual(refused(/from an earlier page/));
  });

  it.each([
    ['another path', '/others?source=email&sort=score'],
    ['another filter', '/things?source=web&sort=score'],
    ['one filter more', '/things?source=email&sort=score&topic=x'],
    ['one filter less', '/things?sort=score'],
    ['another sort', '/things?source=email&sort=created'],
  ])('is of no list with %s', (_, other) => {
    const cursor = cursorOf('/things?source=email&sort=score', ['a', 1]);
    expect(ruleOf(on(other, cursor))).toEqual(refused(/another list, filter or sort/));
  });

  it('is of the same list with another length of page, place to wait for, and order of parameters', () => {
    const cursor = cursorOf('/things?source=email&sort=score&limit=2', ['a', 1]);
    expect(ruleOf(on('/things?sort=score&limit=9&after=x@1&source=email', cursor))).toEqual(['a', 1]);
  });
});
