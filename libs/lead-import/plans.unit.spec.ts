import { Columns } from './columns.js';
import { LONGEST_CELL } from './csv-rows.js';
import { planDeal } from './deal-plan.js';
import { planLead } from './lead-plan.js';
import type { DealsMapping, LeadsMapping } from './mapping.js';
import { MappingRefused, parseMapping } from './mapping-text.js';
import { presetNames, presetText } from './presets.js';
import { stewardedBy } from './steward-team.js';

const LEADS = parseMapping(`
system: crm
kind: leads
teams: [{ id: north, kind: marketing, name: North }]
steward: { team: north }
fields:
  externalId: Id
  source: { column: Source, empty: unknown, unknown: [n/a], table: { google ads: paid_search } }
  topic: { column: [Topic, Interest], optional: true }
  occurredAt: { column: Created, formats: [yyyy-MM-dd, 'yyyy-MM-dd HH:mm'] }
  profile: { companySizeBand: { column: Employees, optional: true } }
  details: { name: { join: [First, Last], optional: true }, email: { column: E-mail, optional: true } }
`) as LeadsMapping;
const HEADER = ['id', 'Source', 'Interest', 'Created', 'Employees', 'First', 'Last', 'E-mail'];

const NOW = '2024-06-01T00:00:00.000Z';
const frameOf = (header: readonly string[]) => {
  return { columns: new Columns(header), width: header.length, zone: 'UTC', now: NOW };
};
const lead = (...cells: string[]) => planLead({ number: 1, cells }, LEADS, frameOf(HEADER));

describe('planning a lead', () => {
  it('cleans what the row says', () => {
    expect(
      lead('7', 'Google Ads', 'Big Robots', '2024-01-02 10:30', '42', ' Ada ', 'Example', 'Ada@Example.com'),
    ).toEqual({
      ok: true,
      externalId: '7',
      odd: [],
      wanted: {
        source: 'paid_search',
        topic: 'big-robots',
        steward: { team: 'north' },
        externalRef: { system: 'crm', id: '7' },
        profile: { companySizeBand: '11-50' },
        details: { name: 'Ada Example', email: 'ada@example.com' },
        occurredAt: '2024-01-02T10:30:00.000Z',
      },
    });
  });

  it('says unknown for what the row does not say, and that this is odd', () => {
    expect(lead('7', 'n/a', '', '2024-01-02', '', '', '', '')).toEqual({
      ok: true,
      externalId: '7',
      odd: ['no Source: source is unknown', 'no Topic: topic is unknown'],
      wanted: {
        source: 'unknown',
        topic: 'unknown',
        steward: { team: 'north' },
        externalRef: { system: 'crm', id: '7' },
        occurredAt: '2024-01-02T00:00:00.000Z',
        timeKnown: false,
      },
    });
  });

  it('leaves out what cannot be understood, without repeating it', () => {
    const plan = lead('7', 'web', 'robots', 'soon', 'many people', 'A', 'B', 'ada at home');
    expect(plan.ok && plan.odd).toEqual([
      'Employees is no number of employees: left out',
      'E-mail is no e-mail address: left out',
      'Created is no date in yyyy-MM-dd or yyyy-MM-dd HH:mm: the time of the import',
    ]);
    expect(JSON.stringify(plan)).not.toContain('ada at home');
  });

  it.each([
    ['0000-01-01', 'Created must not be before the year 2000'],
    ['0000-00-00', 'Created is a day or an hour that there is not'],
    ['1999-12-31 23:59', 'Created must not be before the year 2000'],
    ['2024-02-30', 'Created is a day or an hour that there is not'],
    ['2024-01-02 24:00', 'Created is a day or an hour that there is not'],
    ['2024-06-01 00:01', 'Created must not be in the future'],
    ['9999-12-31', 'Created must not be in the future'],
    ['', 'no date'],
  ])('takes a row that is dated %j as of its import, and says why', (created, why) => {
    const plan = lead('7', 'web', 'robots', created, '', '', '', '');
    expect(plan).toMatchObject({ ok: true, odd: [`${why}: the time of the import`], wanted: { timeKnown: false } });
    expect(plan.ok && plan.wanted).not.toHaveProperty('occurredAt');
  });

  it('takes a row of the very moment of the import, and of the first moment that there is', () => {
    for (const created of ['2024-06-01 00:00', '2000-01-01 00:00'])
      expect(lead('7', 'web', 'robots', created, '', '', '', '')).toMatchObject({ ok: true, odd: [] });
  });

  it.each([
    [['7', 'web'], 'has 2 cells where the header has 8'],
    [['', 'web', '', '', '', '', '', ''], 'Id is empty'],
    [['ada@example.com', 'web', '', '', '', '', '', ''], 'Id must be an id of 1 to 128 letters, digits and _.:|-'],
    [['7', 'x'.repeat(1_000_000), '', '', '', '', '', ''], `cell 2 has more than ${LONGEST_CELL} characters`],
  ])('refuses a row that is broken', (cells, why) => expect(lead(...cells)).toEqual({ ok: false, why }));
});

describe('planning a deal', () => {
  const deals = parseMapping(presetText('olist-deals') ?? '') as DealsMapping;
  const header = ['mql_id', 'sdr_id', 'sr_id', 'won_date', 'declared_monthly_revenue'];
  const deal = (...cells: string[]) => planDeal({ number: 1, cells }, deals, frameOf(header));

  it('walks the whole path to the win, at the only time that is known', () => {
    const plan = deal('m1', 'dev', 'rep', '2024-01-02 03:04:05', '0.0');
    expect(plan.ok && plan.odd).toEqual(['no declared_monthly_revenue: value is unknown']);
    expect(plan.ok && plan.wanted.steps.map(({ name }) => name)).toEqual([
      'transfer-stewardship',
      'qualify',
      'hand-off',
      'accept',
      'contact',
      'sales-qualify',
      'win',
    ]);
    const bodies = plan.ok ? plan.wanted.steps.map(({ body }) => body) : [];
    expect(bodies.slice(0, -1)).toEqual(
      bodies
        .slice(0, -1)
        .map(() => expect.objectContaining({ occurredAt: '2024-01-02T03:04:05.000Z', timeKnown: false }) as object),
    );
    expect(bodies.at(-1)).toEqual({ value: null, occurredAt: '2024-01-02T03:04:05.000Z' });
  });

  it('takes the value where there is one, and one person in both roles with a word', () => {
    const plan = deal('m1', 'both', 'both', '2024-01-02 03:04:05', '1000.0');
    expect(plan.ok && plan.odd).toEqual(['the same person as steward and as worker']);
    expect(plan.ok && plan.wanted.steps.at(-1)?.body).toMatchObject({ value: { amount: 1000, currency: 'brl' } });
  });

  it.each([
    [['m1', 'dev', '', '2024-01-02 03:04:05', '0'], 'does not say who worked it'],
    [['m1', 'dev', 'rep', '', '0'], 'has no date of the win'],
    [['m1', 'dev', 'rep', '2024-06-02 03:04:05', '0'], 'won_date must not be in the future'],
    [['m1', 'dev', 'rep', '0000-01-01 00:00:00', '0'], 'won_date must not be before the year 2000'],
  ])('refuses a row without what a win needs', (cells, why) => {
    expect(deal(...cells)).toEqual({ ok: false, externalId: 'm1', why });
  });
});

describe('mappings', () => {
  it.each(presetNames())('preset %s can be used', (name) => {
    expect(parseMapping(presetText(name) ?? '')).toHaveProperty('system');
  });

  it.each([
    ['kind: lead', /^\/kind/],
    ['kind: leads\nsystem: A B\nsteward: { team: x }\nfields: {}', /^\/system/],
    [
      'kind: leads\nsystem: a\nsteward: { team: x }\nfields: { externalId: i, source: s }',
      /^\/fields\/topic: is required/,
    ],
    [
      'kind: leads\nsystem: a\nsteward: { team: x }\nfields: { externalId: i, source: { empty: x }, topic: t }',
      /one of column, join and value/,
    ],
    [
      'kind: leads\nsystem: a\nzone: Nowhere\nsteward: { team: x }\nfields: { externalId: i, source: s, topic: t }',
      /^\/zone/,
    ],
    [
      'kind: leads\nsurprise: 1\nsystem: a\nsteward: { team: x }\nfields: { externalId: i, source: s, topic: t }',
      /not part of it/,
    ],
    ['a: 1\na: 2', /unique/],
    ['a: &x [1]\nb: *x', /aliases/],
    ['[1, 2', /line 1/],
  ])('%j is refused', (yaml, message) => {
    expect(() => parseMapping(yaml)).toThrow(MappingRefused);
    expect(() => parseMapping(yaml)).toThrow(message);
  });

  it('takes another stewarding team', () => {
    const { steward, teams } = stewardedBy(LEADS, 'south');
    expect(steward).toEqual({ team: 'south' });
    expect(teams).toEqual([{ id: 'south', kind: 'marketing', name: 'south' }]);
  });
});
