import { LEAVES, nextLeaf } from '../lead-lifecycle/fold-table.js';
import { LEAD_EVENT_TYPES, type LeadEventType } from '../lead-lifecycle/lead-events.js';
import { CHOICES } from '../lead-lifecycle/lifecycle-machine.js';
import { countedBy, isCountMetric, monthOf, noCounts, ratesOf } from './counting.js';
import { METRIC_CATALOGUE, RATE_METRICS } from './metric-catalogue.js';
import { STATE_EVENTS } from './standing-metrics.js';

describe('metric catalogue', () => {
  it('defines each metric once, in words', () => {
    const ids = METRIC_CATALOGUE.map((metric) => metric.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const metric of METRIC_CATALOGUE) expect(metric.meaning).toMatch(/^[A-Z].*\.$/);
  });

  it('says of each metric what it is of, from when on, by which agreement and what it may be asked by', () => {
    for (const { id, view, unit, clockStart, agreementVersion, by, imported } of METRIC_CATALOGUE) {
      expect(['funnel', 'outcomes', 'lead-card']).toContain(view);
      expect(['counted', 'excluded']).toContain(imported);
      expect([id, unit].every((said) => said.length > 0)).toBe(true);
      expect(clockStart === null || clockStart.length > 0).toBe(true);
      expect([null, 'named-by-event', 'in-force']).toContain(agreementVersion);
      expect(by.length).toBeGreaterThan(0);
    }
  });

  it('counts in a state by every event that leads from one to another', () => {
    const elsewhere = (type: LeadEventType): boolean =>
      LEAVES.some((leaf) =>
        [undefined, ...(CHOICES[type] ?? [])].some((choice) => (nextLeaf(leaf, type, choice) ?? leaf) !== leaf),
      );
    const leading = LEAD_EVENT_TYPES.filter(elsewhere);
    expect([...STATE_EVENTS].sort()).toEqual(leading.sort());
  });

  it('builds rates of counts that it has', () => {
    for (const { of, over } of RATE_METRICS) expect([of, over].every(isCountMetric)).toBe(true);
    expect(isCountMetric('conversion')).toBe(false);
  });

  it('says what each event counts to', () => {
    const all = Object.fromEntries(
      LEAD_EVENT_TYPES.map((type) => [type, countedBy(type, false)] as const).filter(([, counted]) => counted.length),
    );
    expect(all).toEqual({
      LeadCreated: [{ metric: 'leads-created', firstOnly: false }],
      LeadHandedOff: [
        { metric: 'leads-handed-off', firstOnly: true },
        { metric: 'hand-offs', firstOnly: false },
      ],
      HandoffAccepted: [
        { metric: 'leads-accepted', firstOnly: true },
        { metric: 'acceptances', firstOnly: false },
      ],
      LeadWon: [{ metric: 'leads-won', firstOnly: false }],
      LeadLost: [{ metric: 'losses', firstOnly: false }],
      LeadRecycled: [{ metric: 'recycles', firstOnly: false }],
    });
  });

  it('counts imported history in the numbers of the funnel', () => {
    expect(countedBy('LeadWon', true)).toEqual(countedBy('LeadWon', false));
  });

  it('gives no rate where there is nothing to divide by', () => {
    expect(ratesOf(noCounts())).toEqual({ conversion: null, 'acceptance-rate': null });
    const counts = { ...noCounts(), 'leads-created': 8, 'leads-won': 2, 'hand-offs': 3, acceptances: 3 };
    expect(ratesOf(counts)).toEqual({ conversion: 0.25, 'acceptance-rate': 1 });
  });

  it('books by month in UTC', () => {
    expect(monthOf('2026-03-01T00:00:00.000Z')).toBe('2026-03');
  });
});
