import fc from 'fast-check';
import { isCode } from '../agreements/profile.js';
import { slugify } from './slug.js';

describe('slugify', () => {
  it.each([
    ['Organic Search', 'organic-search'],
    ['organic_search', 'organic_search'],
    ['  Öl & Gas / Énergie ', 'ol-gas-energie'],
    ['#1: Web-Form!', '1:-web-form'],
    ['88740e65d5d6b056e0cda098e1ea6313', '88740e65d5d6b056e0cda098e1ea6313'],
  ])('%s becomes %s', (text, code) => expect(slugify(text)).toBe(code));

  it.each(['', '   ', '展示会', '---'])('finds no code in %j', (text) => expect(slugify(text)).toBeUndefined());

  it('answers a code or nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const code = slugify(text);
        expect(code === undefined || isCode(code)).toBe(true);
      }),
    );
  });

  it('leaves a code as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]([a-z0-9_.:+-]{0,62}[a-z0-9])?$/), (code) => slugify(code) === code),
    );
  });

  it('keeps two long names apart that begin alike', () => {
    const [one, two] = ['a', 'b'].map((end) => slugify(`https://example.com/${'landing/'.repeat(12)}${end}`));
    expect(one).not.toBe(two);
    expect(one).toHaveLength(64);
  });
});
