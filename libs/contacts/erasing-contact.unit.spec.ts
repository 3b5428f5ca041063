import type { Actor, Decision } from '../decider/decision.js';
import { evolveContact, initialContact, type ContactEvent, type ContactState } from './contact.js';
import { decideContact, type ContactCommand, type ContactFacts } from './decide-contact.js';
import { ERASURE_STEPS, stageOf } from './erasure.js';

const NOW = '2026-11-27T12:00:00.000Z';
const PIA: Actor = { kind: 'human', id: 'pia', role: 'privacy' };
const ROOT: Actor = { kind: 'human', id: 'root', role: 'admin' };
const MARIA: Actor = { kind: 'human', id: 'maria', role: 'marketing' };
const RULE: Actor = { kind: 'rule', id: 'erasure', role: 'rule' };
const EVERYBODY: readonly Actor[] = [
  PIA,
  ROOT,
  MARIA,
  RULE,
  { kind: 'human', id: 'audrey', role: 'auditor' },
  { kind: 'human', id: 'ana', role: 'analyst' },
  { kind: 'integration', id: 'form', role: 'service' },
  { kind: 'integration', id: 'ida', role: 'import' },
];
const [ONE, TWO] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

const given = (...events: readonly ContactEvent[]): ContactState => events.reduce(evolveContact, initialContact);
const decided = (state: ContactState, command: ContactCommand, actor: Actor, more: Partial<ContactFacts> = {}) =>
  decideContact(command, state, { now: NOW, actor, isStewardOrWorker: true, isMarketingManager: true, ...more });
/** The state after a command, which must be accepted with so many events; none when it is sent again. */
function after(state: ContactState, command: ContactCommand, actor: Actor, events = 1): ContactState {
  const decision = decided(state, command, actor);
  if (!decision.ok) throw new Error(JSON.stringify(decision.refusal));
  expect(decision.events).toHaveLength(events);
  return decision.events.reduce(evolveContact, state);
}
const code = (decision: Decision<ContactEvent>) => (decision.ok ? 'accepted' : decision.refusal.code);

const registered = given({ type: 'ContactRegistered.v1', data: { lead: ONE }, occurredAt: NOW });
const request = { type: 'request-erasure', reason: 'data-subject-request', keepOptOut: false } as const;
const approve = { type: 'approve-erasure', reason: 'identity-checked' } as const;
const step = (at: number, ...contacts: string[]) =>
  ({ type: 'erasure-step', step: ERASURE_STEPS[at]!, contacts }) as const;
const stage = (reached: 'live' | 'final', ...contacts: string[]) =>
  ({ type: 'erasure-stage', stage: reached, contacts, epoch: null }) as const;
const approved = after(after(registered, request, PIA), approve, ROOT);
const done = (state: ContactState, contact: string) =>
  ERASURE_STEPS.reduce((reached, _, at) => after(reached, step(at, contact), RULE), state);

describe('Erasing a contact', () => {
  it.each<[ContactCommand, readonly string[]]>([
    [request, ['pia']],
    [{ type: 'record-export', reason: 'access', contacts: 1, leads: 1, events: 3 }, ['pia']],
    [{ type: 'place-legal-hold', reason: 'lawsuit', matter: 'c-1' }, ['pia', 'root', 'audrey']],
    [{ type: 'lift-legal-hold', reason: 'settled' }, ['pia', 'root']],
  ])('%j is for %j', (command, allowed) => {
    for (const actor of EVERYBODY) {
      expect([actor.id, code(decided(registered, command, actor))]).toEqual([
        actor.id,
        allowed.includes(actor.id) ? 'accepted' : 'forbidden',
      ]);
    }
  });

  it('is approved by privacy or an administrator, and never by who requested it', () => {
    const requested = after(registered, request, PIA);
    expect(code(decided(registered, approve, ROOT))).toBe('conflict');
    expect(EVERYBODY.filter((actor) => code(decided(requested, approve, actor)) === 'accepted')).toEqual([ROOT]);
    expect(code(decided(requested, approve, { ...PIA, id: 'paul' }))).toBe('accepted');
    expect(code(decided(requested, approve, { ...PIA, role: 'admin' }))).toBe('conflict');
    expect(decided(requested, request, { ...PIA, id: 'paul' })).toMatchObject({ ok: true, events: [] });
  });

  it('waits for a legal hold, on this contact or another that is the person', () => {
    const requested = after(registered, request, PIA);
    const held = after(requested, { type: 'place-legal-hold', reason: 'lawsuit', matter: 'c-1' }, ROOT);
    after(held, { type: 'place-legal-hold', reason: 'lawsuit', matter: 'c-2' }, ROOT, 0);
    expect(code(decided(held, approve, ROOT))).toBe('conflict');
    expect(code(decided(requested, approve, ROOT, { heldElsewhere: true }))).toBe('conflict');
    expect(code(decided(after(held, { type: 'lift-legal-hold', reason: 'settled' }, PIA), approve, ROOT))).toBe(
      'accepted',
    );
  });

  it('lets nothing but its own end happen from the approval on', () => {
    const others: readonly ContactCommand[] = [
      request,
      approve,
      { type: 'change-consent', consent: 'given', purpose: 'contact' },
      { type: 'merge', into: TWO, reason: 'same-person' },
      { type: 'place-legal-hold', reason: 'lawsuit', matter: 'c-1' },
      { type: 'lift-legal-hold', reason: 'settled' },
      { type: 'record-export', reason: 'access', contacts: 1, leads: 1, events: 3 },
      {
        type: 'mirror-touch',
        touch: { lead: ONE, event: TWO, channel: 'phone', direction: 'outbound', by: { team: 't' } },
      },
    ];
    for (const state of [approved, after(done(approved, ONE), stage('live', ONE), RULE)]) {
      for (const command of others) {
        for (const actor of EVERYBODY) {
          expect(['conflict', 'forbidden']).toContain(code(decided(state, command, actor, { survivor: {} })));
        }
      }
    }
    expect(
      code(decided(registered, { type: 'merge', into: TWO, reason: 'x' }, PIA, { survivor: { erased: true } })),
    ).toBe('conflict');
  });

  it('is live once every step is done, each told once, and final after that', () => {
    for (const actor of EVERYBODY.filter((one) => one !== RULE)) {
      expect(code(decided(approved, step(0, ONE), actor))).toBe('forbidden');
      expect(code(decided(approved, stage('live', ONE), actor))).toBe('forbidden');
    }
    expect(code(decided(registered, step(0, ONE), RULE))).toBe('conflict');
    let state = approved;
    for (const at of ERASURE_STEPS.keys()) {
      expect(code(decided(state, stage('live', ONE), RULE))).toBe('conflict');
      state = after(state, step(at, ONE), RULE);
      after(state, step(at, ONE), RULE, 0);
    }
    expect(code(decided(state, stage('final', ONE), RULE))).toBe('conflict');
    const live = after(state, stage('live', ONE), RULE);
    after(live, stage('live', ONE), RULE, 0);
    const final = after(live, stage('final', ONE), RULE);
    after(final, stage('final', ONE), RULE, 0);
    expect([registered, approved, state, live, final].map(({ erasure }) => erasure && stageOf(erasure))).toEqual([
      undefined,
      'approved',
      'approved',
      'live',
      'final',
    ]);
  });

  it('reaches a contact that was merged in late, which takes it back to where that one stands', () => {
    const live = after(done(approved, ONE), stage('live', ONE), RULE);
    const more = after(live, step(0, ONE, TWO), RULE);
    expect(stageOf(more.erasure!)).toBe('approved');
    expect(code(decided(more, stage('live', ONE, TWO), RULE))).toBe('conflict');
    const all = [1, 2, 3].reduce((state, at) => after(state, step(at, ONE, TWO), RULE), more);
    expect(stageOf(after(all, stage('live', ONE, TWO), RULE).erasure!)).toBe('live');
  });
});
