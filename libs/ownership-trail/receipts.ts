import { verifyEventSignature, type EventKeys } from '../contracts/event-keys.js';
import { parseLeaf, encodeLeaf, type Leaf } from '../contracts/leaf.js';
import type { EventSignature } from '../contracts/event-signature.js';
import type { Receipt } from '../contracts/receipt.js';
import { canonicalJson } from '../canonical-json/canonical-json.js';
import { parseStrictJson } from '../http-kit/strict-json.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_VALUES = 2_000_000;

/**
 * Receipts that somebody kept: one after the other, a line each, or the body of a command's answer, whose `events` and
 * `contactEvents` have a `receipt` each, of a batch's, whose `verdicts` have them, or one with `receipts`. Each must be
 * signed by one of the keys: a receipt of anybody else proves nothing.
 */
export function parseReceipts(bytes: Uint8Array, keys: EventKeys): Parsed<readonly Receipt[]> {
  if (bytes.length > MOST_BYTES) return refused(`receipts: have more than ${MOST_BYTES} bytes`);
  const receipts: Receipt[] = [];
  for (const [at, value] of valuesOf(bytes).entries()) {
    if (value === undefined) return refused(`receipt ${at + 1}: is not JSON`);
    const { leaf, signature } = (value ?? {}) as { leaf?: object; signature?: EventSignature };
    const read = signature && leaf ? readLeaf({ ...leaf, sig: signature }) : refused('has not a leaf and a signature');
    if (!read.ok) return refused(`receipt ${at + 1}: ${read.problem}`);
    const signed = verifyEventSignature(read.value, keys);
    if (!signed.ok || signature === undefined) return refused(`receipt ${at + 1}: ${signed.ok ? '' : signed.problem}`);
    const { sig: _sig, ...said } = read.value;
    receipts.push({ leaf: said, signature });
  }
  return receipts.length > 0 ? parsed(receipts) : refused('receipts: there are none');
}

/** By way of its text, so that one place says what a leaf is. */
function readLeaf(leaf: object): Parsed<Leaf> {
  try {
    return parseLeaf(encodeLeaf(leaf as Leaf));
  } catch {
    return refused('its leaf is too long, or no leaf');
  }
}

function valuesOf(bytes: Uint8Array): readonly unknown[] {
  const whole = parseStrictJson(bytes, MOST_VALUES);
  if (whole.ok) return receiptsIn(whole.value) ?? [whole.value];
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const value = parseStrictJson(Buffer.from(line));
    return value.ok ? value.value : undefined;
  });
}

type Answer = Partial<Record<'verdicts' | 'events' | 'contactEvents' | 'receipts', unknown>>;

/** undefined where it is no answer of a command */
function receiptsIn(answer: unknown): readonly unknown[] | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { verdicts, events, contactEvents = [], receipts } = answer as Answer;
  if (Array.isArray(verdicts)) return verdicts.flatMap((verdict) => receiptsIn(verdict) ?? []);
  if (Array.isArray(events) && Array.isArray(contactEvents))
    return [events, contactEvents].flat().map((event) => (event as { receipt?: unknown } | null)?.receipt ?? null);
  return Array.isArray(receipts) ? receipts : undefined;
}

/** What a leaf has against a receipt for its place in its stream; undefined where it is the leaf that was promised. */
export function brokenPromise({ leaf }: Receipt, sealed: Leaf): string | undefined {
  const { prev: _prev, sig: _sig, quarantined: _quarantined, ...said } = sealed;
  return canonicalJson(said) === canonicalJson(leaf)
    ? undefined
    : 'the leaf is not the one that a receipt was given for';
}

/** The place that a receipt names: no other leaf may stand there. */
export const placeOf = ({ stream, rev }: Pick<Leaf, 'stream' | 'rev'>): string => `${stream} ${rev}`;
