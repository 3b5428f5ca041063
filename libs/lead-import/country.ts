const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
let byName: ReadonlyMap<string, string> | undefined;

/** Built once and only when needed: a file that has codes never asks for names. */
function countriesByName(): ReadonlyMap<string, string> {
  if (byName) return byName;
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const found = LETTERS.flatMap((first) =>
    LETTERS.flatMap((second) => {
      const name = names.of(first + second);
      return name === undefined ? [] : [[name.toLowerCase(), (first + second).toLowerCase()] as const];
    }),
  );
  byName = new Map(found);
  return byName;
}

const ALSO_CALLED: Readonly<Record<string, string>> = { usa: 'us', uk: 'gb', 'great britain': 'gb', holland: 'nl' };

/** ISO 3166-1 alpha-2 in lower case, as codes are, of a code or an English name; undefined where it is neither. */
export function countryOf(text: string): string | undefined {
  const name = text.trim().toLowerCase();
  const called = ALSO_CALLED[name] ?? countriesByName().get(name);
  return called ?? (/^[a-z]{2}$/.test(name) ? name : undefined);
}
