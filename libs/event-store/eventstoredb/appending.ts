import type { EventData } from '@eventstore/db-client';
import type { EncodedAppend, EventBody } from '../encoded-append.js';
import type { AppendResult } from '../event-store.js';
import type { Credentials } from './address.js';
import type { Connection } from './connection.js';
import { faultKind, storeFault } from './faults.js';
import { positionText } from './position.js';
import type { StreamNames } from './stream-names.js';

export interface AppendingParts {
  readonly connection: Connection;
  readonly names: StreamNames;
  readonly credentials: Credentials;
  /** one try; short, since a leader that falls silent answers nothing until it runs out */
  readonly attemptMs: number;
  /** all tries of one append, from the first on */
  readonly budgetMs: number;
  /** ms, only ever compared */
  readonly elapsed: () => number;
  /** Waits before the next try; ends early by the signal. */
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Appends, and repeats what was not answered: the same ids at the same exact revision take effect once, and are answered
 * by the first result, whatever came after.
 *
 * @throws StoreFault when it was not answered within the budget: whether it took effect is then unknown
 */
export async function appending(parts: AppendingParts, append: EncodedAppend): Promise<AppendResult> {
  const { connection, budgetMs, elapsed, pause } = parts;
  const began = elapsed();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await appendedOnce(parts, append);
    } catch (error) {
      const conflict = conflictOf(error);
      if (conflict) return conflict;
      connection.assertOpen();
      const fault = storeFault(error);
      connection.failed(fault);
      if (faultKind(error) !== 'passing' || elapsed() - began >= budgetMs) throw fault;
      await pause(attempt, connection.closed);
    }
  }
}

async function appendedOnce(parts: AppendingParts, { stream, expected, events }: EncodedAppend): Promise<AppendResult> {
  const { connection, names, credentials, attemptMs } = parts;
  const result = await connection.call('an append', attemptMs, (client) =>
    client.appendToStream(names.stored(stream), events.map(clientEvent), {
      expectedRevision: expected < 0 ? 'no_stream' : BigInt(expected),
      // Without them, insecure or not, the client takes another way, whose promises may stay open for ever.
      credentials,
      deadline: attemptMs,
      requiresLeader: true,
    }),
  );
  const revision = Number(result.nextExpectedRevision);
  if (revision !== expected + events.length)
    throw new Error(`the server answered an append up to ${expected + events.length} with revision ${revision}`);
  return { ok: true, revision, position: positionText(result.position) };
}

/** Parsed anew from the text that was checked: nobody shares it, and nothing in it can fail to be serialised. */
function clientEvent({ id, type, body }: EncodedAppend['events'][number]): EventData {
  const { data, metadata } = JSON.parse(body) as EventBody;
  return { id, type, contentType: 'application/json', data, metadata };
}

function conflictOf(error: unknown): AppendResult | undefined {
  const { type, actualVersion } = error as { readonly type?: unknown; readonly actualVersion?: unknown };
  if (type !== 'wrong-expected-version') return undefined;
  const actual = typeof actualVersion === 'bigint' ? Number(actualVersion) : 'no-stream';
  return { ok: false, reason: 'conflict', actual };
}
