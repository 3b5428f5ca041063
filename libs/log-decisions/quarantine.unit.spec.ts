import type { Actor } from '../decider/decision.js';
import {
  decideQuarantine,
  evolveQuarantine,
  isQuarantined,
  NO_QUARANTINE,
  type Quarantine,
  type QuarantineCommand,
  type QuarantinedEvent,
} from './quarantine.js';

const EVENT: QuarantinedEvent = { event: 'e', stream: 'lead-a', revision: 3, bodyHash: 'a'.repeat(64) };
const ROOT: Actor = { kind: 'human', id: 'root', role: 'admin' };
const AUDREY: Actor = { kind: 'human', id: 'audrey', role: 'auditor' };
const propose = (of: QuarantinedEvent = EVENT): QuarantineCommand => ({
  type: 'propose',
  reason: 'restored-store',
  ...of,
});
const approve = (of: QuarantinedEvent = EVENT): QuarantineCommand => ({ type: 'approve', ...of });
const facts = (actor: Actor) => ({ now: '2026-01-01T00:00:00.000Z', actor });

function after(...steps: readonly [QuarantineCommand, Actor][]): Quarantine {
  let state = NO_QUARANTINE;
  for (const [command, actor] of steps) {
    const decision = decideQuarantine(command, state, facts(actor));
    if (!decision.ok) throw new Error(JSON.stringify(decision.refusal));
    for (const { type, data } of decision.events) state = evolveQuarantine(state, { type, data, by: actor.id });
    expect(decideQuarantine(command, state, facts(actor))).toEqual({ ok: true, result: null, events: [] });
  }
  return state;
}

function refusal(command: QuarantineCommand, state: Quarantine, actor: Actor) {
  const decision = decideQuarantine(command, state, facts(actor));
  return decision.ok ? undefined : decision.refusal.code;
}

const CHANGED: readonly QuarantinedEvent[] = [
  { ...EVENT, stream: 'lead-b' },
  { ...EVENT, revision: 4 },
  { ...EVENT, bodyHash: 'b'.repeat(64) },
];

describe('A quarantine', () => {
  it('holds once an administrator proposed and an auditor approved it, for that very event', () => {
    expect(isQuarantined(after([propose(), ROOT]), EVENT)).toBe(false);
    const approved = after([propose(), ROOT], [approve(), AUDREY]);
    expect(isQuarantined(approved, EVENT)).toBe(true);
    expect(approved.get('e')).toEqual({ ...EVENT, proposedBy: 'root', approvedBy: 'audrey' });
    for (const other of [...CHANGED, { ...EVENT, event: 'f' }]) expect(isQuarantined(approved, other)).toBe(false);
  });

  it('takes two people, whatever roles one has', () => {
    const proposed = after([propose(), ROOT]);
    expect(refusal(approve(), proposed, { ...ROOT, role: 'auditor' })).toBe('forbidden');
    expect(refusal(approve(), proposed, { ...AUDREY, role: 'admin' })).toBe('forbidden');
    expect(refusal(propose(), NO_QUARANTINE, AUDREY)).toBe('forbidden');
  });

  it('is approved only as it was proposed', () => {
    const proposed = after([propose(), ROOT]);
    for (const other of CHANGED) expect(refusal(approve(other), proposed, AUDREY)).toBe('conflict');
    expect(refusal(approve(), NO_QUARANTINE, AUDREY)).toBe('not-found');
  });

  it('may be proposed otherwise until it is approved, and then not', () => {
    for (const other of CHANGED) {
      const replaced = after([propose(), ROOT], [propose(other), ROOT]);
      expect(refusal(approve(), replaced, AUDREY)).toBe('conflict');
      expect(refusal(propose(other), after([propose(), ROOT], [approve(), AUDREY]), ROOT)).toBe('conflict');
    }
  });
});
