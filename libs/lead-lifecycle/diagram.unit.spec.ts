import { readFileSync } from 'node:fs';
import { lifecycleDiagram, lifecyclePage, stayingEvents } from './diagram.js';
import { LEAVES } from './fold-table.js';
import { FLOW } from './lifecycle-flow.spec-kit.js';

describe('the generated diagram', () => {
  it('is what the machine gives: else run `npm run docs:generate`', () => {
    expect(readFileSync('docs/generated/lifecycle.md', 'utf8')).toBe(lifecyclePage());
  });

  it('draws every event that moves a lead, with its choice', () => {
    const diagram = lifecycleDiagram();
    const moving = Object.entries(FLOW).filter(([, steps]) => steps.some(({ to }) => to !== undefined));
    for (const [event] of moving) expect(diagram).toContain(event);
    expect(diagram).toContain('offered --> nurturing: HandoffRejected<br/>HandoffExpired (nurturing)');
    expect(diagram).toContain('[*] --> captured: LeadCreated');
    expect(diagram).toContain('working --> lost: LeadLost');
    expect(diagram).toContain('opportunity_closing --> opportunity_quoting: LeadAdvanced (quoting)');
    expect(diagram).not.toContain('InsightRecorded');
  });

  it('names every state', () => {
    const diagram = lifecycleDiagram();
    for (const leaf of LEAVES.filter((one) => one !== 'uncreated')) expect(diagram).toContain(leaf.replace('.', '_'));
  });

  it('lists what leaves a lead where it is', () => {
    const staying = new Map(stayingEvents());
    expect(staying.get('WorkerReassigned')).toBe('working, opportunity, lost');
    expect(staying.get('NurtureStarted')).toBe('nurturing');
    expect(staying.get('LeadContacted')).toContain('offered, working, opportunity, won');
    expect(staying.has('LeadWon')).toBe(false);
  });
});
