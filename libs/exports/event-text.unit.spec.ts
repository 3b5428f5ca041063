import fc from 'fast-check';
import { cellReader, HIDDEN, type CellSource } from './event-cells.mjs';
import { STORED_EVENT_COLUMNS } from './event-columns.js';
import { EventText } from './event-text.mjs';
import type { Cell } from './export-column.js';

const SOURCES: readonly CellSource[] = STORED_EVENT_COLUMNS.filter(({ source }) => /^(data|metadata)/.test(source));
const NAMES = [...new Set(SOURCES.flatMap(({ source }) => source.split('.'))), ...HIDDEN];

/** Of other text, too, and with what has a meaning of its own in JSON. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'ü', '🦜', '\n'), { maxLength: 6 })
    .map((all) => all.join('')),
);
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1.5e-7, 12),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  // Often under a name that is looked for, wherever it stands.
  object: fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), text), tie('value'), { maxKeys: 6 }),
}));
const object = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), text), json, { maxKeys: 8 });
const event = fc.record({
  data: object,
  metadata: fc
    .tuple(object, fc.record({ change: object, actor: object }, { requiredKeys: [] }))
    .map(([any, known]) => ({ ...any, ...known })),
});

const absent = (): Cell[] => SOURCES.map((source) => source.absent ?? null);

describe('Cells of an event', () => {
  it('are the same taken out of its text as read from all of it', () => {
    const reader = new EventText(SOURCES);
    fc.assert(
      fc.property(event, (stored) => {
        const body = JSON.stringify(stored);
        const row = absent();
        reader.read(body, row);
        const { data, metadata } = JSON.parse(body) as { data: object; metadata: object };
        const whole = { id: '', type: '', stream: 'lead-1', revision: 0, data, metadata } as Parameters<
          ReturnType<typeof cellReader>
        >[0];
        expect(row).toEqual(SOURCES.map((source) => cellReader(source, new Map())(whole)));
      }),
      { numRuns: 500 },
    );
  });

  it('are none of a text that breaks off, nor of one with something behind it', () => {
    const reader = new EventText(SOURCES);
    fc.assert(
      fc.property(event, fc.nat(), (stored, at) => {
        const body = JSON.stringify(stored);
        // Longer first, so that something of it still stands where the next ends.
        reader.read(body, absent());
        for (const broken of [body.slice(0, at % body.length), `${body}}`, `${body}${body}`, `[${body}]`]) {
          expect(() => reader.read(broken, absent())).toThrow(SyntaxError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
