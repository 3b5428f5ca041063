import { createHash } from 'node:crypto';
import { isCode } from '../agreements/profile.js';

const LONGEST_CODE = 64;
const MARK = 8;

/**
 * The code of a word or phrase as people type it: `Organic Search` → `organic-search`, `Öl & Gas` → `ol-gas`. What is
 * a code already stays as it is. Over-long text is cut and marked with a hash, so that two long names that begin alike
 * stay two.
 *
 * Undefined where nothing is left, as for a word without a single Latin letter or digit.
 */
export function slugify(text: string): string | undefined {
  const slug = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_.:+-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '');
  if (slug.length <= LONGEST_CODE) return isCode(slug) ? slug : undefined;
  const mark = createHash('sha256').update(slug).digest('hex').slice(0, MARK);
  return `${slug.slice(0, LONGEST_CODE - MARK - 1)}-${mark}`;
}
