import type { LeadCommandKind } from './lead-commands.js';
import { LEAVES } from './fold-table.js';
import { BEGINNING, DAY, IMPORTER, RULE, WAY_TO, at, decided, does, given, tell, type Deed } from './lead.spec-kit.js';

/**
 * Every state × every command, as the domain's table has it and not computed from anything.
 * `+` accepted · `=` its outcome stands already · `-` illegal here · `c` a guard's conflict · `.` there is no such lead
 */
const COLUMNS = Object.keys(WAY_TO) as (keyof typeof WAY_TO)[];
// un ca nu qu he of | attempting contacted analysing | presenting quoting closing | won lost disqualified merged
const TABLE: Readonly<Record<string, string>> = {
  create: '+----- --- --- ----',
  'record-interest': '.+++++ +++ +++ -+--',
  score: '.+++++ +++ +++ ----',
  'start-nurture': '.++--- --- --- ----',
  qualify: '.++--- --- --- ----',
  'withdraw-qualification': '.--++- --- --- ----',
  hold: '.--+-- --- --- ----',
  release: '.---+- --- --- ----',
  route: '.--+-- --- --- ----',
  'hand-off': '.--+-- --- --- ----',
  'withdraw-handoff': '.----+ --- --- ----',
  accept: '.----+ --- --- ----',
  reject: '.----+ --- --- ----',
  expire: '.----+ --- --- ----',
  contact: '.+++++ +++ +++ +++-',
  'advance to contacted': '.----- -=+ --- ----',
  'advance to analysing': '.----- -+= --- ----',
  'advance to presenting': '.----- --- =++ ----',
  'advance to quoting': '.----- --- +=+ ----',
  'advance to closing': '.----- --- ++= ----',
  'sales-qualify': '.----- -++ --- ----',
  recycle: '.----- +++ +++ -+--',
  lose: '.----- +++ +++ ----',
  win: '.----- --- +++ ----',
  'propose-disqualification': '.+++++ +++ +++ -+--',
  'decline-disqualification': '.ccccc ccc ccc -c--',
  disqualify: '.+++++ +++ +++ -+--',
  reopen: '.----- --- --- --+-',
  reassign: '.----- +++ +++ -+--',
  'transfer-stewardship': '.+++++ +++ +++ +++-',
  'correct-details': '.+++++ +++ +++ +++-',
  rate: '.ccccc +++ +++ ++c-',
  'record-insight': '.+++++ +++ +++ +++-',
  'recommend-message': '.+++++ +++ +++ +++-',
  merge: '.++--- --- --- --+-',
  unmerge: '.----- --- --- ---+',
  'absorb-duplicate': '.+++++ +++ +++ +++-',
};

/** The import may do everything, so that nothing but the lifecycle and the guards refuses; what the rule alone does, it does. */
function deedOf(row: string): Deed {
  const [kind, stage] = row.split(' to ') as [LeadCommandKind, string?];
  const actor = kind === 'route' || kind === 'expire' ? RULE : IMPORTER;
  const worker = { team: 'sal-field', person: 'sam' };
  const said = { ...(stage ? { stage } : {}), ...(kind === 'accept' ? { worker } : {}) };
  const by = kind === 'contact' ? { by: worker } : {};
  return does(actor, kind, { ...said, ...by }, kind === 'expire' ? { now: at(9 * DAY) } : {});
}

const MEANING = { '-': 'illegal-transition', c: 'conflict', '.': 'not-found' } as const;
const cells = Object.entries(TABLE).flatMap(([row, marks]) =>
  [...marks.replaceAll(' ', '')].map((mark, column) => ({ row, mark, leaf: COLUMNS[column]! })),
);

describe('every state × every command', () => {
  it('has a column for every state of the machine and a cell for every pair', () => {
    expect([...COLUMNS].toSorted()).toEqual([...LEAVES].toSorted());
    expect(cells).toHaveLength(COLUMNS.length * Object.keys(TABLE).length);
  });

  it.each(COLUMNS)('%s: its way leads there', (leaf) => {
    expect(given(...WAY_TO[leaf]).story.state.leaf).toBe(leaf);
  });

  it.each(cells)('$row in $leaf: $mark, and again nothing', ({ row, leaf, mark }) => {
    const scenario = given(...WAY_TO[leaf]).when(deedOf(row));
    if (mark in MEANING) return scenario.thenRefused({ code: MEANING[mark as keyof typeof MEANING] });
    const { decision } = decided(given(...WAY_TO[leaf]).story, deedOf(row));
    const types = decision.ok ? decision.events.map(({ type }) => type) : ['refused' as never];
    expect(types.length > 0).toBe(mark === '+');
    scenario.thenEvents(...types);
  });

  it.each(COLUMNS.slice(1))('%s: a refusal names the state and all that it allows', (leaf) => {
    const illegal = cells.find((cell) => cell.leaf === leaf && cell.mark === '-')!;
    const kinds = cells
      .filter((cell) => cell.leaf === leaf && cell.mark !== '-')
      .map(({ row }) => row.split(' to ')[0]);
    const { decision } = decided(given(...WAY_TO[leaf]).story, deedOf(illegal.row));
    const refusal = decision.ok ? undefined : decision.refusal;
    expect(refusal).toMatchObject({ code: 'illegal-transition', state: leaf });
    const allowed = refusal?.code === 'illegal-transition' ? refusal.allowed : [];
    expect([...allowed].toSorted()).toEqual([...new Set(kinds)].toSorted());
  });

  it.each(['captured', 'offered', 'working.attempting', 'opportunity.closing', 'lost'] as const)(
    '%s: what was proposed can be declined, once',
    (leaf) => {
      const proposed = [...WAY_TO[leaf], does(IMPORTER, 'propose-disqualification')];
      given(...proposed)
        .when(deedOf('decline-disqualification'))
        .thenEvents('DisqualificationDeclined');
      given(...proposed, does(IMPORTER, 'decline-disqualification'))
        .when(deedOf('decline-disqualification'))
        .thenRefused({ code: 'conflict' });
    },
  );

  it('leads on from every state but won', () => {
    // I9: some command that is accepted here brings the lead elsewhere
    const stuck = COLUMNS.filter((leaf) => {
      const { story } = given(...WAY_TO[leaf]);
      return !cells.some(
        (cell) => cell.leaf === leaf && cell.mark === '+' && tell(story, deedOf(cell.row)).state.leaf !== leaf,
      );
    });
    expect(stuck).toEqual(['won']);
    expect(BEGINNING.state.leaf).toBe('uncreated');
  });
});
