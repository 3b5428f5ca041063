import { isoTime } from '../decider/clock.js';
import type { Cleaned } from './cleaning.js';
import { atZone, offsetOf } from './time-zone.js';

/** A time as a file gives it. Where it gives only the day, that day's beginning, and `known` is false. */
export interface GivenTime {
  /** ISO 8601 UTC with milliseconds */
  readonly at: string;
  readonly known: boolean;
}

/** What files are written in where their mapping does not say otherwise. */
export const USUAL_FORMATS: readonly string[] = [
  'yyyy-MM-dd HH:mm:ss',
  'yyyy-MM-dd HH:mm',
  'yyyy-MM-dd',
  "yyyy-MM-dd'T'HH:mm:ssXXX",
  "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
];

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<hour12>\\d{2})',
  h: '(?<hour12>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<milli>\\d{3})',
  a: '(?<half>[AaPp])\\.?[Mm]\\.?',
  XXX: '(?<offset>Z|[+-]\\d{2}:?\\d{2})',
};
const PIECES = /'([^']*)'|(yyyy|MM|M|dd|d|HH|H|hh|h|mm|ss|SSS|a|XXX)|([A-Za-z]+)|([^A-Za-z']+)/g;

/** Why a format cannot be used, or undefined: it must name year, month and day, and no letters that mean nothing. */
export function badFormat(format: string): string | undefined {
  const stray = [...format.matchAll(PIECES)].some(([, , , letters]) => letters !== undefined);
  if (stray) return "may hold yyyy MM M dd d HH H hh h mm ss SSS a XXX and text in '…'";
  const tokens = [...format.matchAll(PIECES)].map(([, , token]) => token);
  const names = (pattern: RegExp): number => tokens.filter((token) => token && pattern.test(token)).length;
  const dated = names(/^y/) === 1 && names(/^M/) === 1 && names(/^d/) === 1;
  if (!dated || names(/^[Hh]/) > 1) return 'must name year, month and day once, and the hour at most once';
  return names(/^h/) === names(/^a$/) ? undefined : 'must name hh together with a';
}

const compiled = new Map<string, RegExp>();

function patternOf(format: string): RegExp {
  const known = compiled.get(format);
  if (known) return known;
  const source = [...format.matchAll(PIECES)].map(([piece, quoted, token]) =>
    token === undefined ? (quoted ?? piece).replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : (TOKENS[token] ?? ''),
  );
  const pattern = new RegExp(`^${source.join('')}$`);
  compiled.set(format, pattern);
  return pattern;
}

/**
 * The time that a text gives in the first of the formats that fits, or the rule that it breaks: none fits, or there is
 * no such day or hour. `zone` is what local times are in, where the format has no offset (XXX) of its own.
 */
export function readTime(text: string, formats: readonly string[], zone: string): Cleaned<GivenTime> {
  const fitting = formats.flatMap((format) => {
    const groups = patternOf(format).exec(text)?.groups;
    return groups ? [groups] : [];
  });
  if (fitting.length === 0) return { ok: false, rule: `is no date in ${formats.join(' or ')}` };
  for (const groups of fitting) {
    const at = instantOf(groups, zone);
    const known = (groups['hour'] ?? groups['hour12']) !== undefined;
    if (at !== undefined) return { ok: true, value: { at: isoTime(at), known } };
  }
  return { ok: false, rule: 'is a day or an hour that there is not' };
}

type Groups = Readonly<Record<string, string | undefined>>;

function instantOf(groups: Groups, zone: string): number | undefined {
  const [year, month, day] = [Number(groups['year']), Number(groups['month']), Number(groups['day'])];
  const hour = hourOf(groups);
  const [minute, second] = [Number(groups['minute'] ?? 0), Number(groups['second'] ?? 0)];
  // Date rolls the 30th of February over to March; Date.UTC makes years of the 1900s of those below 100.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour === undefined || minute > 59 || second > 59) return undefined;
  const wallClock = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + Number(groups['milli'] ?? 0);
  const { offset } = groups;
  return offset === undefined ? atZone(wallClock, zone) : wallClock - (offsetOf(offset) ?? 0);
}

function hourOf({ hour, hour12, half }: Groups): number | undefined {
  if (hour12 === undefined) return within(Number(hour ?? 0), 0, 23);
  const shown = within(Number(hour12), 1, 12);
  return shown === undefined ? undefined : (shown % 12) + (half?.toLowerCase() === 'p' ? 12 : 0);
}

const within = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined;
