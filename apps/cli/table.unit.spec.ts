import fc from 'fast-check';
import { headText, type LeadHead } from './lead-head.js';
import { ownerText, sharedWidths, tableOf, wrappedLines } from './table.js';
import { terminalColumns } from './terminal-columns.js';
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

  it.each([40, 50, 60, 70, 80, 100])('break no title and no word that fits a line, on %i columns', (columns) => {
    const head = ['source', 'month', 'created', 'handed off', 'accepted', 'won of created'];
    const text = tableOf(head, [['organic_search', '2026-11', '8000', '842', '842', '10.5 %']], columns);
    expect(widest(text)).toBeLessThanOrEqual(columns);
    for (const word of [...head.flatMap((title) => title.split(' ')), 'organic_search', '2026-11', '10.5']) {
      expect(text).toContain(word);
    }
  });

  it('say what is what where the titles do not fit beside each other, and leave out what says nothing', () => {
    const rows = [['funnel.2.1', 'live, serves', '25/25', '–', '–', '–']];
    const head = ['Build', 'State', 'Events', 'Behind', 'Parked', 'Fault'];
    const lines = tableOf(head, rows, 40).split('\n');
    expect(lines.map((line) => line.replace(/[│─┌┐├┤└┘]/g, '').trim()).filter(Boolean)).toEqual([
      'Build',
      'funnel.2.1',
      'State: live, serves',
      'Events: 25/25',
    ]);
  });

  it('break lines between words, and words that are too long alone', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (given, width) => {
        const lines = wrappedLines(given.join(' '), width);
        expect(lines.every((line) => line.length >= 1 && line.length <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(given.join(''));
        for (const word of given.filter(({ length }) => length <= width)) expect(lines.join(' ')).toContain(word);
      }),
    );
  });

  it('keep an empty list to its head', () => expect(tableOf(['a'], [], 80)).toContain('a'));
});

describe('the head of a lead', () => {
  const LEAD: LeadHead = {
    lead: '0b0f6f6e-7a7c-8a5e-9d43-3f4f0d8d1c11',
    revision: 12,
    state: 'captured',
    cycle: 1,
    source: 'email',
    topic: 'warehouse-robots',
    createdAt: '2026-06-01T09:00:00.000Z',
    steward: { team: 'north-marketing', person: 'maria' },
    allowed: ['record-interest', 'propose-disqualification', 'transfer-stewardship'],
  };

  it.each([40, 52, 60, 80])('fits %i columns with its id whole', (columns) => {
    const text = headText(LEAD, [], columns);
    expect(widest(text)).toBeLessThanOrEqual(columns);
    for (const whole of [LEAD.lead, 'north-marketing/maria', ...LEAD.allowed]) expect(text).toContain(whole);
  });

  it('has a line for each where there is no terminal', () => {
    expect(headText(LEAD, [], undefined).split('\n')).toContain(`Allowed:     ${LEAD.allowed.join(', ')}`);
  });
});

it.each([
  ['40', 120, 40],
  [undefined, 120, 120],
  ['40', undefined, 40],
  ['wide', 120, 120],
  ['0', undefined, undefined],
])('COLUMNS=%s on a terminal of %s is %s wide', (COLUMNS, columns, expected) => {
  expect(terminalColumns({ COLUMNS }, columns === undefined ? {} : { columns })).toBe(expected);
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
