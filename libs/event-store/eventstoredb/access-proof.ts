import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { SetUpRefused } from './access-rules.js';
import type { Credentials } from './address.js';
import type { Connection } from './connection.js';
import { faultKind, storeFault } from './faults.js';

const CALL_MS = 5_000;
/** Rules are in force a moment after they were written; more than these tries and they are not. */
const TRIES = 20;
const BETWEEN_MS = 250;
/** A stream that nothing is ever written to. */
const PROBE = 'projection-access-probe';

interface Probe {
  readonly what: string;
  readonly isAllowed: boolean;
  readonly act: (client: EventStoreDBClient, credentials: Credentials) => Promise<unknown>;
}

const PROBES: readonly Probe[] = [
  {
    what: 'follow $all',
    isAllowed: true,
    act: async (client, credentials) => {
      const read = client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1, credentials });
      read.on('error', () => undefined);
      for await (const event of read) if (event.event) return;
    },
  },
  {
    // No event: the server checks right and revision.
    what: 'write a stream',
    isAllowed: true,
    act: (client, credentials) =>
      client.appendToStream(PROBE, [], { expectedRevision: 'no_stream', credentials, deadline: CALL_MS }),
  },
  {
    what: 'delete a stream',
    isAllowed: false,
    act: (client, credentials) =>
      client.deleteStream(PROBE, { expectedRevision: 'no_stream', credentials, deadline: CALL_MS }),
  },
  {
    what: "set a stream's metadata, which can hide events",
    isAllowed: false,
    act: (client, credentials) =>
      client.setStreamMetadata(PROBE, {}, { expectedRevision: 'no_stream', credentials, deadline: CALL_MS }),
  },
  {
    what: 'change the access rules',
    isAllowed: false,
    act: (client, credentials) =>
      client.appendToStream('$settings', [], { expectedRevision: 'any', credentials, deadline: CALL_MS }),
  },
];

/**
 * Tries by the user's own rights what it must be able to do and what it must not.
 *
 * @throws SetUpRefused naming the first that is not as it should be
 */
export async function proveAccess(connection: Connection, credentials: Credentials): Promise<void> {
  for (const probe of PROBES) {
    for (let tries = 1; (await isAllowed(connection, probe, credentials)) !== probe.isAllowed; tries += 1) {
      if (tries >= TRIES)
        throw new SetUpRefused(`${credentials.username} can${probe.isAllowed ? 'not' : ''} ${probe.what}`);
      await sleep(BETWEEN_MS);
    }
  }
}

/** @throws StoreFault when the server does not say */
async function isAllowed(connection: Connection, { what, act }: Probe, credentials: Credentials): Promise<boolean> {
  try {
    await connection.call(what, CALL_MS, (client) => act(client, credentials));
    return true;
  } catch (error) {
    if (faultKind(error) === 'denied') return false;
    // What is allowed may still fail for another reason, such as that there is nothing to delete.
    if (faultKind(error) === 'passing') throw storeFault(error);
    return true;
  }
}
