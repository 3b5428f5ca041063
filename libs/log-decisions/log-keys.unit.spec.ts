import type { Actor } from '../decider/decision.js';
import { formatVkey, idHex, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import { decideLogKeys, evolveLogKeys, NO_LOG_KEYS, type LogKeys, type LogKeysCommand } from './log-keys.js';

const keyOf = (seed: number) => noteSigner('baton-events', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, seed)).key;
const [old, next] = [keyOf(1), keyOf(2)];
const [OLD, NEXT] = [formatVkey(old), formatVkey(next)];
const ADMIN: Actor = { kind: 'human', id: 'root', role: 'admin' };
const ITSELF: Actor = { kind: 'rule', id: 'event-signing', role: 'rule' };
const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

const announce = (vkey: string): LogKeysCommand => ({ type: 'announce-event-key', vkey });
const retire = (id: number): LogKeysCommand => ({ type: 'retire-event-key', key: idHex(id), reason: 'rotated' });

/** The state after commands that are not refused, a second run of each of which gives no event. */
function after(commands: readonly LogKeysCommand[], signedBy = next.id, now = NOW): LogKeys {
  let state = NO_LOG_KEYS;
  for (const command of commands) {
    const actor = state.eventKeys.size === 0 ? ITSELF : ADMIN;
    const facts = { now, actor, signedBy: idHex(signedBy) };
    const decision = decideLogKeys(command, state, facts);
    if (!decision.ok) throw new Error(JSON.stringify(decision.refusal));
    state = decision.events.reduce((one, event) => evolveLogKeys(one, { ...event, recordedAt: now }), state);
    expect(decideLogKeys(command, state, { ...facts, actor: ADMIN })).toEqual({ ok: true, result: null, events: [] });
  }
  return state;
}

function refusal(command: LogKeysCommand, state: LogKeys, actor: Actor = ADMIN, signedBy = next.id) {
  const decision = decideLogKeys(command, state, { now: LATER, actor, signedBy: idHex(signedBy) });
  return decision.ok ? undefined : decision.refusal.code;
}

describe('The keys that sign events', () => {
  it('overlap from the announcement of the next one until the one before is retired', () => {
    const both = after([announce(OLD), announce(NEXT)]);
    expect([...both.eventKeys.values()].map(({ from, until }) => [from, until])).toEqual([
      [NOW, undefined],
      [NOW, undefined],
    ]);
    const retired = evolveLogKeys(both, {
      type: 'EventKeyRetired.v1',
      data: { key: idHex(old.id), reason: 'rotated' },
      recordedAt: LATER,
    });
    expect(retired.eventKeys.get(idHex(old.id))).toEqual({ key: old, from: NOW, until: LATER });
    expect(retired.eventKeys.get(idHex(next.id))).toEqual({ key: next, from: NOW });
  });

  it('are announced by the service itself only while there is none', () => {
    expect(refusal(announce(OLD), NO_LOG_KEYS, ITSELF)).toBeUndefined();
    expect(refusal(announce(NEXT), after([announce(OLD)]), ITSELF)).toBe('forbidden');
    expect(refusal(retire(old.id), after([announce(OLD), announce(NEXT)]), ITSELF)).toBe('forbidden');
  });

  it.each(['auditor', 'marketing', 'service', 'privacy', 'import'] as const)('are not changed by a %s', (role) => {
    const state = after([announce(OLD), announce(NEXT)]);
    for (const command of [announce(OLD), retire(old.id), { type: 'announce-log-key', vkey: OLD } as const]) {
      expect(refusal(command, state, { kind: 'human', id: 'x', role })).toBe('forbidden');
    }
  });

  it('are not retired while they sign, nor when they are none, nor announced again after it', () => {
    const state = after([announce(OLD), announce(NEXT)]);
    expect(refusal(retire(next.id), state)).toBe('conflict');
    expect(refusal(retire(keyOf(3).id), state)).toBe('not-found');
    expect(refusal(announce(OLD), after([announce(OLD), announce(NEXT), retire(old.id)]))).toBe('conflict');
  });

  it('are vkeys of Ed25519 whose id is right', () => {
    const state = after([announce(OLD)]);
    const cosigner = noteSigner('w', SIGNATURE_TYPE.cosignature, Buffer.alloc(32, 1)).key;
    for (const vkey of ['', 'x', formatVkey(cosigner), NEXT.replace(/\+[0-9a-f]{8}\+/, '+00000000+')]) {
      expect(refusal(announce(vkey), state)).toBe('invalid');
      expect(refusal({ type: 'announce-log-key', vkey }, state)).toBe('invalid');
    }
  });
});

it('The log’s own keys are kept in the order of their announcement', () => {
  const commands = [OLD, NEXT].map((vkey): LogKeysCommand => ({ type: 'announce-log-key', vkey }));
  expect(after([announce(OLD), ...commands]).logKeys).toEqual([OLD, NEXT]);
});
