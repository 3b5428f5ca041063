import fc from 'fast-check';
import { ownerText, sharedWidths, tableOf } from './table.js';
import { lifetimeOf } from './token-command.js';
import { timelineText, type TimelineEvent } from './timeline-table.js';

const TEAM = 'z'.repeat(40);
const PERSON = 'q'.repeat(20);
const EVENT: TimelineEvent = {
  revision: 0,
  type: 'LeadCreated',
  occurredAt: '2024-03-01T09:15:00.000Z',
  timeKnown: false,
  actor: { kind: 'integration', id: 'importer', role: 'import' },
  change: {
    effectiveAt: '2024-03-01T09:15:00.000Z',
    state: { from: null, to: 'captured' },
    steward: { from: null, to: { team: TEAM, person: PERSON } },
  },
};
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('tables', () => {
  it.each([40, 60, 80, 99, 100, 120, 200])('of a timeline fit a terminal of %i columns', (columns) => {
    const text = timelineText([EVENT], columns);
    expect(widest(text)).toBeLessThanOrEqual(columns);
    expect(text).toContain('LeadCreated');
    expect(text.replace(/[^zq]/g, '')).toBe(TEAM + PERSON);
  });

  it('are as wide as they want where there is no terminal', () => {
    const text = timelineText([EVENT], undefined);
    expect(text).toContain(`${TEAM}/${PERSON}`);
    expect(text).toContain('~2024-03-01 09:15:00');
    expect(text).toContain('· → captured');
  });

  it('never share out more than there is, and fill what is wanted where there is room', () => {
    const wishes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(wishes, fc.integer({ min: 8, max: 400 }), (wanted, room) => {
        const widths = sharedWidths(wanted, room);
        const sum = widths.reduce((total, width) => total + width, 0);
        expect(sum).toBeLessThanOrEqual(room);
        expect(widths.every((width, index) => width >= 1 && width <= (wanted[index] ?? 0))).toBe(true);
        if (wanted.reduce((total, wish) => total + wish, 0) <= room) expect(widths).toEqual(wanted);
      }),
    );
  });

  it('keep an empty list to its head', () => expect(tableOf(['a'], [], 80)).toContain('a'));
});

it('an owner is a team with or without a person', () => {
  expect([ownerText(null), ownerText({ team: 't' }), ownerText({ team: 't', person: 'p' })]).toEqual(['–', 't', 't/p']);
});

it.each([
  ['90s', 90],
  ['30m', 1800],
  ['8h', 28_800],
])('%s is %i seconds', (text, seconds) => expect(lifetimeOf(text)).toBe(seconds));
it.each(['8', 'h', '1d', '-1h', ''])('%j is no lifetime', (text) =>
  expect(() => lifetimeOf(text)).toThrow('Give a length'),
);
