/** A start tag, or one that has no end; ends are checked and not told. */
export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const EMPTY = ['meta', 'br'];
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*(\/?)>/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/**
 * The tags of a page, in order. As strict as a reader of XML: every `<` and `>` belongs to a tag, every attribute is in
 * quotes, what is opened is closed in order, and `&` begins one of five names.
 *
 * @throws Error at the first thing that is not so
 */
export function tagsOf(page: string): readonly Tag[] {
  const body = page.replace(/^<!doctype html>/, '').replace(/(<style>)[^<]*/, '$1');
  const tags: Tag[] = [];
  const open: string[] = [];
  let at = 0;
  for (const match of body.matchAll(TAG)) {
    assertText(body.slice(at, match.index));
    at = match.index + match[0].length;
    const [, end, name = '', attributes = '', empty] = match;
    if (end === '/') {
      const opened = open.pop();
      if (opened !== name) throw new Error(`</${name}> closes <${opened}>`);
      continue;
    }
    const pairs = [...attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)];
    pairs.forEach(([, , value = '']) => assertText(value));
    tags.push({ name, attributes: Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, decoded(value)])) });
    if (empty !== '/' && !EMPTY.includes(name)) open.push(name);
  }
  assertText(body.slice(at));
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  return tags;
}

function assertText(text: string): void {
  const odd = /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/.exec(text);
  if (odd) throw new Error(`${JSON.stringify(text.slice(odd.index, odd.index + 40))} stands in a text`);
}

/** Texts between tags, as they are shown; whitespace apart from theirs is dropped. */
export const textsOf = (page: string): readonly string[] =>
  page
    .slice(page.indexOf('</style>'))
    .split(/<[^>]*>/)
    .map((text) => decoded(text).trim())
    .filter((text) => text !== '');

export const decoded = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
