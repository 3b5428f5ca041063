import { boardText, pageSize } from './board-pages.js';
import { MARKETING_COLUMNS, SALES_COLUMNS, type BoardLead, type BoardPage } from './board-table.js';

const NOW = Date.parse('2026-06-10T12:00:00.000Z');
const ID = '0b0f6f6e-7a7c-8a5e-9d43-3f4f0d8d1c11';
const OFFERED: BoardLead = {
  lead: ID,
  state: 'offered',
  stateSince: '2026-06-10T09:00:00.000Z',
  source: 'organic_search',
  topic: 'warehouse-robots',
  campaign: 'spring',
  score: { total: 60 },
  owners: { steward: { team: 'brand', person: 'maria' }, offeree: { team: 'north', person: 'sven' } },
  offer: { acceptBy: '2026-06-10T11:00:00.000Z' },
};
const NURTURED: BoardLead = {
  lead: ID.replaceAll('1', '2'),
  state: 'nurturing',
  stateSince: '2026-03-01T00:00:00.000Z',
  source: 'email',
  topic: 'unknown',
  owners: { steward: { team: 'brand' } },
  resumeAt: '2026-07-01T00:00:00.000Z',
  silentFrom: '2026-06-01T00:00:00.000Z',
};
const PAGE: BoardPage = {
  states: [
    { state: 'nurturing', leads: 12, oldestSince: NURTURED.stateSince },
    { state: 'won', leads: 1 },
  ],
  leads: [OFFERED, NURTURED],
  next: 'WyJhIl0',
};
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('a board in a terminal', () => {
  it.each([40, 45, 50, 60, 69, 70, 80, 109, 110, 160])('fits %i columns and leaves every id whole', (width) => {
    for (const columns of [MARKETING_COLUMNS, SALES_COLUMNS]) {
      const text = boardText(PAGE, columns, NOW, width);
      expect(widest(text)).toBeLessThanOrEqual(width);
      for (const said of [OFFERED.state, 'nurturing', 'email', '--cursor']) expect(text).toContain(said);
      if (width < 70 || width >= 160) for (const { lead } of PAGE.leads) expect(text).toContain(lead);
    }
  });

  it('says for how long, until when and whose', () => {
    const queue = boardText(PAGE, SALES_COLUMNS, NOW, 60);
    expect(queue).toContain('For: 3 h');
    expect(queue).toContain('Answer in: late: 1 h');
    expect(queue).toContain('Sales: north / sven');
    const board = boardText(PAGE, MARKETING_COLUMNS, NOW, 60);
    expect(board).toContain('Steward: brand / maria');
    expect(board).toContain('Resume: 2026-07-01 00:00 / left alone');
    expect(board).toContain('101 d');
  });

  it('says so where there is nothing', () => {
    expect(boardText({ states: [], leads: [] }, SALES_COLUMNS, NOW, 60)).toBe('No leads.\n');
  });

  it.each(['0', '501', '-1', 'ten', '1e2', ''])('takes no page of %j leads', (size) => {
    expect(() => pageSize(size)).toThrow('from 1 to 500');
  });
});
