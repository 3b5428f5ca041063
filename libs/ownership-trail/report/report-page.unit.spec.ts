import fc from 'fast-check';
import { leafOf } from '../../contracts/leaf.js';
import { OWNER_ROLES } from '../../lead-lifecycle/ownership.js';
import { decidedLeads } from '../../team-views/decided-history.spec-kit.js';
import { ownershipOfLeaves, type PlacedLeaf } from '../leaf-ownership.js';
import { seenKey, type ReportData, type ReportLead } from './report-data.js';
import { reportPage } from './report-page.js';
import { decoded, tagsOf, textsOf } from './report-page.spec-kit.js';

const MADE = '2099-01-01T00:00:00.000Z';
const CHECKPOINT =
  'log.example/baton\n4711\nnywfW4p9TmCzwqGQj35tXEs6KRgXBvXk08KxoJ+OfWw=\n\n— log.example/baton AQIDBAUGBwg=\n';

const leads = decidedLeads(23, 12, 60).map((lead): ReportLead => {
  const leaves = lead.events.map((event, revision) => ({
    index: 7 + revision * 3,
    leaf: leafOf({ ...event, stream: lead.stream, revision }, undefined),
  }));
  return reportLead(lead.lead, leaves);
});
const busiest = leads.toSorted((a, b) => b.intervals.length - a.intervals.length)[0]!;

function reportLead(lead: string, leaves: readonly PlacedLeaf[]): ReportLead {
  const replay = ownershipOfLeaves(leaves);
  if (!replay.ok) throw new Error(replay.rule);
  const intervals = OWNER_ROLES.flatMap((role) => replay.value[role].map((interval) => ({ ...interval, role })));
  return { lead, leaves, intervals, bundle: JSON.stringify({ lead, leaves: leaves.length }), size: 4711 };
}

const reportOf = (some: Partial<ReportData>): ReportData => ({
  subject: { kind: 'lead', lead: busiest.lead },
  period: {},
  madeAt: MADE,
  source: 'http://127.0.0.1:3000',
  checkpoint: CHECKPOINT,
  leads: [busiest],
  ...some,
});

describe('the report of a lead', () => {
  const page = reportPage(reportOf({}));

  it('is one page of balanced tags that fetches and runs nothing', () => {
    const tags = tagsOf(page);
    expect(tags.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(script|img|link|iframe|object|form|base)$/)]),
    );
    const addresses = tags.flatMap(({ attributes }) => [attributes['href'], attributes['src']]).filter(Boolean);
    expect(addresses.filter((one) => !/^(#|data:application\/json;base64,)/.test(one ?? ''))).toEqual([]);
    expect(tags.filter(({ attributes }) => Object.keys(attributes).some((name) => name.startsWith('on')))).toEqual([]);
    expect(page).toContain("default-src 'none'".replaceAll("'", '&#39;'));
    expect(page).not.toMatch(/@import|url\(/);
  });

  it('tells each interval with its leaves, who made it so and why', () => {
    const [first] = tableRows(page);
    expect(first).toHaveLength(busiest.intervals.length);
    for (const { role, owner, from, index, by, reasonCode, until, endedIndex } of busiest.intervals) {
      const begins = `${day(from)} leaf ${index} `;
      const row = first!.find((cells) => cells[0]!.toLowerCase() === role && cells[2]!.startsWith(begins))!;
      expect(row[1]).toContain(owner.person ?? owner.team);
      expect(row.join(' | ')).toContain(by.id);
      if (reasonCode !== undefined) expect(row.join(' | ')).toContain(reasonCode);
      expect(row.at(-1)).toContain(until === undefined ? 'still' : `leaf ${endedIndex}`);
    }
  });

  it('tells each change in the order of the log', () => {
    const [, second] = tableRows(page);
    const changes = busiest.leaves.filter(({ leaf }) => leaf.change !== undefined);
    expect(second!.map(([index]) => Number(index))).toEqual(changes.map(({ index }) => index));
    expect(second!.map((cells) => cells.at(-1))).toEqual(
      changes.map(({ leaf }) => (leaf.change as { reasonCode?: string }).reasonCode ?? '–'),
    );
  });

  it('holds the proof, to be saved without a script', () => {
    const links = tagsOf(page).flatMap(({ attributes }) => (attributes['download'] ? [attributes] : []));
    expect(links.map(({ download }) => download)).toEqual([`lead-${busiest.lead}.bundle.json`]);
    const data = links[0]!['href']!.replace('data:application/json;base64,', '');
    expect(Buffer.from(data, 'base64').toString()).toBe(busiest.bundle);
    expect(textsOf(page).some((text) => text === busiest.bundle)).toBe(true);
  });

  it('says that it was not checked, or what the check found, with the times at which witnesses saw it', () => {
    expect(page).toContain('Not checked when it was made');
    const seen = new Map(
      busiest.intervals.map(({ role, revision }) => [
        seenKey(role, revision),
        { beginning: { notBefore: '2031-01-01T00:00:00.000Z', notAfter: '2032-01-01T00:00:00.000Z' } },
      ]),
    );
    const checkedBy = { policy: 'aa'.repeat(32), eventKeys: 'bb'.repeat(32) };
    const checked = (verdict: 'proven' | 'tampered', rule?: string) =>
      reportPage(reportOf({ checkedBy, leads: [{ ...busiest, checked: { verdict, seen, ...(rule && { rule }) } }] }));
    expect(checked('proven')).toContain('Proven when it was made');
    const brackets = textsOf(checked('proven')).filter((text) => text === '2031-01-01 00:00:00');
    expect(brackets).toHaveLength(busiest.intervals.length);
    expect(checked('tampered', 'leaf 9 is not there')).toContain('leaf 9 is not there');
  });

  it('leaves out what the period does not touch', () => {
    const [middle] = busiest.intervals
      .map(({ from }) => from)
      .sort()
      .slice(2);
    const before = tableRows(reportPage(reportOf({ period: { to: middle! } })));
    expect(before[0]!.length).toBe(busiest.intervals.filter(({ from }) => from < middle!).length);
    const none = reportPage(reportOf({ period: { to: '1999-01-01T00:00:00.000Z' } }));
    expect(none.match(/Nothing in this period/g)).toHaveLength(2);
  });

  it('flags a quarantined leaf, also one whose change makes no sense', () => {
    const at = busiest.leaves.length - 1;
    const odd = {
      index: 9_999,
      leaf: { ...busiest.leaves[at]!.leaf, change: { steward: 7 }, quarantined: true as const },
    };
    const lead = reportLead(busiest.lead, [...busiest.leaves, odd]);
    const [, changes] = tableRows(reportPage(reportOf({ leads: [lead] })));
    expect(changes!.at(-1)!.join(' ')).toMatch(/^9999 .*quarantined/);
  });
});

describe('the report of a team', () => {
  it('tells what the team had of which leads, and all that was changed of them', () => {
    const team = 'sal-field';
    const page = reportPage(reportOf({ subject: { kind: 'team', team }, leads }));
    const held = leads.flatMap(({ lead, intervals }) =>
      intervals
        .filter(({ owner, from, until }) => owner.team === team && (until === undefined || until > from))
        .map(({ from, index }) => `${day(from)} ${lead} ${index}`),
    );
    expect(held.length).toBeGreaterThan(5);
    const [intervals, changes] = tableRows(page);
    const shown = intervals!.map(([lead, , , from]) => `${from!.slice(0, 19)} ${lead} ${/leaf (\d+)/.exec(from!)![1]}`);
    expect(shown.toSorted()).toEqual(held.toSorted());
    expect(changes).toHaveLength(leads.flatMap(({ leaves }) => leaves).filter(({ leaf }) => leaf.change).length);
  });
});

it('shows whatever a text says as that text: it makes no tag, closes none and hides nothing', () => {
  const HOSTILE = [
    '</style><script>x()</script>',
    '"><img src=x onerror=x()>',
    "' onload='x()",
    '<!--',
    ']]>',
    '&lt;b&gt;',
    '\u202Eabc',
    'a\u0000b\u200B',
  ];
  const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', minLength: 1 }));
  const plain = tagsOf(reportPage(withTexts((at) => `x${at}`))).map(({ name }) => name);
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 12, maxLength: 12 }), (texts) => {
      // A number behind each, so that no two are alike by chance.
      const page = reportPage(withTexts((at) => `${texts[at % texts.length]}${at}`));
      expect(tagsOf(page).map(({ name }) => name)).toEqual(plain);
      expect(page).not.toMatch(/[\u202a-\u202e\u200b\u0000]/);
      const shown = textsOf(page).join('\n');
      for (const text of texts) if (/^[\x20-\x7e]+$/.test(text)) expect(shown).toContain(text);
    }),
    { numRuns: 60 },
  );
});

/** A report in which every text that does not follow a rule of form is one of these. */
function withTexts(textAt: (at: number) => string): ReportData {
  let at = 0;
  const next = (): string => textAt(at++);
  const [first, ...rest] = busiest.leaves;
  const { actor } = first!.leaf;
  const leaf = {
    ...first!.leaf,
    type: next(),
    actor: { ...actor, id: next(), team: next(), onBehalfOf: next(), role: next() as 'sales', kind: next() as 'human' },
    occurredAt: next(),
    recordedAt: next(),
    quarantined: true as const,
  };
  const lead = reportLead(next(), [{ ...first!, leaf }, ...rest.slice(0, 5)]);
  const checked = { verdict: 'tampered' as const, rule: next(), seen: new Map() };
  return reportOf({
    subject: { kind: 'team', team: busiest.intervals[0]!.owner.team },
    source: next(),
    checkpoint: `${next()}\n`,
    checkedBy: { policy: next(), eventKeys: next() },
    leads: [{ ...lead, checked }],
  });
}

/** Each table's body: rows of cells, as texts. */
function tableRows(page: string): string[][][] {
  return page
    .split('<tbody>')
    .slice(1)
    .map((body) =>
      body
        .slice(0, body.indexOf('</tbody>'))
        .split('<tr>')
        .slice(1)
        .map((row) =>
          row
            .split(/<td[^>]*>/)
            .slice(1)
            .map(plainText),
        ),
    );
}
const plainText = (markup: string): string =>
  decoded(markup.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
const day = (iso: string): string => iso.slice(0, 19).replace('T', ' ');
