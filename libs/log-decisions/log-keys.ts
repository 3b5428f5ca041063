import type { EventKey, EventKeys } from '../contracts/event-keys.js';
import { refuse, type Actor, type Decision, type EventDraft } from '../decider/decision.js';
import { idHex, parseVkey, SIGNATURE_TYPE } from '../transparency-log/note-key.js';

/** Which keys sign events and the log, from when and until when: the stream in which each is announced. */
export const LOG_KEYS_STREAM = 'log-keys';

export interface LogKeysEventData {
  /** A key that signs events from now on: `vkey` of C2SP signed-note, type Ed25519 (1). Signed by a key before it. */
  readonly 'EventKeyAnnounced.v1': { readonly vkey: string };
  /** `key`: 8 hex digits. No event recorded later is signed by it. */
  readonly 'EventKeyRetired.v1': { readonly key: string; readonly reason: string };
  /** A key that signs the log's checkpoints from now on, beside the one before it or in its place. */
  readonly 'LogKeyAnnounced.v1': { readonly vkey: string };
}
export type LogKeysEvent = {
  [T in keyof LogKeysEventData]: EventDraft<T, LogKeysEventData[T]>;
}[keyof LogKeysEventData];

export interface LogKeys {
  readonly eventKeys: EventKeys;
  /** vkeys, in the order of their announcement */
  readonly logKeys: readonly string[];
}

export const NO_LOG_KEYS: LogKeys = { eventKeys: new Map(), logKeys: [] };

/** Total: what cannot be read as a key changes nothing; the decision lets no such key through. */
export function evolveLogKeys(
  state: LogKeys,
  { type, data, recordedAt }: { readonly type: string; readonly data: object; readonly recordedAt: string },
): LogKeys {
  switch (type) {
    case 'EventKeyAnnounced.v1': {
      const key = parseVkey((data as LogKeysEventData['EventKeyAnnounced.v1']).vkey);
      if (!key.ok || state.eventKeys.has(idHex(key.value.id))) return state;
      return withKey(state, idHex(key.value.id), { key: key.value, from: recordedAt });
    }
    case 'EventKeyRetired.v1': {
      const { key } = data as LogKeysEventData['EventKeyRetired.v1'];
      const retired = state.eventKeys.get(key);
      return retired === undefined || retired.until !== undefined
        ? state
        : withKey(state, key, { ...retired, until: recordedAt });
    }
    case 'LogKeyAnnounced.v1':
      return { ...state, logKeys: [...state.logKeys, (data as LogKeysEventData['LogKeyAnnounced.v1']).vkey] };
    default:
      return state;
  }
}

const withKey = (state: LogKeys, id: string, key: EventKey): LogKeys => ({
  ...state,
  eventKeys: new Map(state.eventKeys).set(id, key),
});

export type LogKeysCommand =
  | { readonly type: 'announce-event-key' | 'announce-log-key'; readonly vkey: string }
  | { readonly type: 'retire-event-key'; readonly key: string; readonly reason: string };

export interface LogKeysFacts {
  /** ISO 8601 UTC, ms */
  readonly now: string;
  readonly actor: Actor;
  /** id of the key with which this very event will be signed */
  readonly signedBy: string;
}

/**
 * By an administrator; the first event key is announced by the writing service itself, signed by that key. A command
 * whose outcome already stands gives no event.
 *
 * Refused: forbidden, invalid (no vkey of type Ed25519), not-found (no such key), conflict (a retired key announced
 * again; the key that signs retired).
 */
export function decideLogKeys(command: LogKeysCommand, state: LogKeys, facts: LogKeysFacts): Decision<LogKeysEvent> {
  const { actor, now: occurredAt, signedBy } = facts;
  const isFirst = command.type === 'announce-event-key' && actor.role === 'rule' && state.eventKeys.size === 0;
  if (actor.role !== 'admin' && !isFirst)
    return refuse({ code: 'forbidden', rule: 'keys are announced and retired by an administrator' });
  if (command.type === 'retire-event-key') {
    const { key, reason } = command;
    const retired = state.eventKeys.get(key);
    if (retired === undefined) return refuse({ code: 'not-found', what: 'event key' });
    if (retired.until !== undefined) return accepted();
    if (key === signedBy)
      return refuse({ code: 'conflict', rule: 'this key signs now: restart with the next one before it is retired' });
    return accepted({ type: 'EventKeyRetired.v1', data: { key, reason }, occurredAt });
  }
  const key = parseVkey(command.vkey);
  if (!key.ok || key.value.type !== SIGNATURE_TYPE.ed25519)
    return refuse({ code: 'invalid', field: 'vkey', rule: 'a vkey of C2SP signed-note, of type Ed25519 (1)' });
  const { vkey } = command;
  if (command.type === 'announce-log-key')
    return state.logKeys.includes(vkey)
      ? accepted()
      : accepted({ type: 'LogKeyAnnounced.v1', data: { vkey }, occurredAt });
  const known = state.eventKeys.get(idHex(key.value.id));
  if (known?.until !== undefined) return refuse({ code: 'conflict', rule: 'the key was retired: make another' });
  return known ? accepted() : accepted({ type: 'EventKeyAnnounced.v1', data: { vkey }, occurredAt });
}

const accepted = (...events: readonly LogKeysEvent[]): Decision<LogKeysEvent> => ({ ok: true, result: null, events });
