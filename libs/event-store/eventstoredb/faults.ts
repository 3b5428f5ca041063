import { StoreFault } from '../event-store.js';

/** The server did not answer in time. Ours, not the client's: some of its calls never settle. */
export class NoAnswer extends StoreFault {
  override name = 'NoAnswer';
  constructor(what: string, afterMs: number) {
    super(`the event store did not answer: ${what} took longer than ${afterMs} ms`);
  }
}

/** The server closed a subscription without being asked, which the client does not call an error. */
export class SubscriptionEnded extends StoreFault {
  override name = 'SubscriptionEnded';
  constructor() {
    super('the event store ended a subscription by itself');
  }
}

/** What a failed call means for whoever made it. */
export type FaultKind =
  /** away, overloaded, electing, silent: the same call may succeed; whether it took effect is unknown */
  | 'passing'
  /** user, password or access rules are not right: nothing was done */
  | 'denied'
  /** the stream was deleted for ever */
  | 'deleted'
  /** not understood, or a server of another kind */
  | 'refused';

interface ClientError {
  readonly type?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** gRPC codes after which the same call may be made again: 13 and 14 are how a server goes away. */
const PASSING_CODES = new Map([
  [1, 'cancelled'],
  [2, 'unknown'],
  [4, 'deadline exceeded'],
  [8, 'resource exhausted'],
  [10, 'timed out'],
  [13, 'connection lost'],
  [14, 'unavailable'],
]);

/** By type and by code: a server that is down gives a plain gRPC error without the client's type. */
export function faultKind(error: unknown): FaultKind {
  if (error instanceof StoreFault) return error.cause === undefined ? 'passing' : faultKind(error.cause);
  const { type, code } = (error ?? {}) as ClientError;
  if (type === 'access-denied' || code === 7 || code === 16) return 'denied';
  if (type === 'stream-deleted') return 'deleted';
  if (type === 'not-leader' || type === 'unavailable' || type === 'timeout') return 'passing';
  if (typeof code === 'number') return PASSING_CODES.has(code) ? 'passing' : 'refused';
  // Without a code it is the client's own: it found no node of the cluster.
  return 'passing';
}

/** A fault of the port, in fixed words: a server's message may repeat what was sent to it. */
export function storeFault(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  return new StoreFault(`the event store ${wordsOf(error)}`, { cause: error });
}

function wordsOf(error: unknown): string {
  const { type, code } = (error ?? {}) as ClientError;
  switch (faultKind(error)) {
    case 'denied':
      return "refuses the service's user: check its password, or run `baton store init`";
    case 'deleted':
      return 'says that the stream was deleted';
    case 'refused':
      return `refused the call (gRPC code ${String(code)})`;
    case 'passing':
      if (type === 'not-leader') return 'has another leader now';
      return `is away (${PASSING_CODES.get(Number(code)) ?? 'no node of it answers'})`;
  }
}
