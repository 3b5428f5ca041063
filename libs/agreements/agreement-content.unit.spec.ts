import { accountableTeam, findReason, routeOf, TOP_STATES, type AgreementContent } from './agreement-content.js';
import { DEFAULT_AGREEMENT } from './default-agreement.js';

describe('the shipped agreement', () => {
  it.each([
    ['lost', 'price.too-high', 'Price: too high', 'price'],
    ['lost', 'price', 'Price', 'price'],
    ['lost', 'collateral.outdated', 'Marketing material: out of date', 'collateral'],
    ['lost', 'no-response', 'Never answered', 'lead-quality'],
    ['recycle', 'no-response', 'Never answered', 'lead-quality'],
    ['reject', 'not-a-fit', 'Not the ideal lead', 'lead-quality'],
    ['override', 'imported', 'Imported history', 'none'],
  ] as const)('knows in the list %s the reason %s', (list, code, label, faultDomain) => {
    expect(findReason(DEFAULT_AGREEMENT, list, code)).toEqual({ code, label, faultDomain });
  });

  it.each([
    ['lost', 'too-high'],
    ['lost', 'price.'],
    ['lost', 'price.too-high.really'],
    ['lost', 'imported'],
    ['reject', 'they were rude'],
    ['reject', ''],
    ['lost', 'constructor'],
  ] as const)('does not know in the list %s the reason %p', (list, code) => {
    expect(findReason(DEFAULT_AGREEMENT, list, code)).toBeUndefined();
  });

  it('names nothing but the used reason', () => {
    expect(findReason(DEFAULT_AGREEMENT, 'lost', 'price')).not.toHaveProperty('children');
  });
});

describe('who answers for a lead', () => {
  const owners = { steward: 'mkt', offeree: 'sal-1', worker: 'sal-2' };
  const sales: AgreementContent = {
    ...DEFAULT_AGREEMENT,
    responsibilities: { ...DEFAULT_AGREEMENT.responsibilities, offered: 'sales', nurturing: 'marketing' },
  };

  it.each([
    ['nurturing', owners, 'mkt'],
    ['offered', owners, 'sal-2'],
    ['offered', { steward: 'mkt', offeree: 'sal-1' }, 'sal-1'],
    ['offered', { steward: 'mkt', offeree: undefined, worker: undefined }, 'mkt'],
  ] as const)('in %s of %p it is %s', (state, of, team) => {
    expect(accountableTeam(sales, state, of)).toBe(team);
  });

  it('is somebody in every state', () => {
    expect(TOP_STATES.map((state) => accountableTeam(DEFAULT_AGREEMENT, state, { steward: 'mkt' }))).toEqual(
      TOP_STATES.map(() => 'mkt'),
    );
  });
});

describe('routing', () => {
  const content: AgreementContent = {
    ...DEFAULT_AGREEMENT,
    routing: [
      { name: 'events', when: { source: ['event'], topic: ['robots', 'motors'] }, to: 'sal-1', mode: 'queue' },
      { name: 'dach', when: { segment: ['dach'] }, to: 'sal-2', mode: 'round-robin' },
      { name: 'motors', when: { topic: ['motors'] }, to: 'sal-3', mode: 'queue' },
    ],
  };

  it.each([
    [{ source: 'event', topic: 'motors', segment: 'dach' }, 'events'],
    [{ source: 'event', segment: 'dach' }, 'dach'],
    [{ source: 'email', topic: 'motors' }, 'motors'],
    [{ source: 'event' }, undefined],
    [{}, undefined],
  ])('%p goes by rule %p', (lead, name) => {
    expect(routeOf(content, lead)?.name).toBe(name);
  });

  it('as shipped takes every lead to any sales team', () => {
    expect(routeOf(DEFAULT_AGREEMENT, {})?.to).toBe('*');
  });
});
