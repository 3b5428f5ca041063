import type { EventStoreDBClient } from '@eventstore/db-client';
import { AddressRefused, type EventStoreDbAddress } from './address.js';
import { Connection } from './connection.js';
import { faultKind, NoAnswer } from './faults.js';

export interface ReachingOptions {
  /** ms in which a server that is away may come */
  readonly withinMs: number;
  readonly elapsed: () => number;
}

const ONE_TRY_MS = 3_000;
const BETWEEN_TRIES_MS = 250;

/**
 * Reads the last event of the log, which only a server of the right kind lets only the right user do.
 *
 * @throws AddressRefused when it cannot, with the reason and a way out
 */
export async function reached(
  address: EventStoreDbAddress,
  connect: () => EventStoreDBClient,
  { withinMs, elapsed }: ReachingOptions,
): Promise<void> {
  const began = elapsed();
  const connection = new Connection(connect);
  try {
    for (;;) {
      try {
        return await connection.call('reaching it', ONE_TRY_MS, readsLast);
      } catch (error) {
        const why = reasonOf(error, address);
        if (why.isFinal || elapsed() - began >= withinMs) throw new AddressRefused(`BATON_EVENT_STORE: ${why.text}`);
        await new Promise((later) => setTimeout(later, BETWEEN_TRIES_MS));
      }
    }
  } finally {
    connection.close();
  }
}

function readsLast(client: EventStoreDBClient, cut: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const read = client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 });
    cut.addEventListener('abort', () => void read.cancel().catch(() => undefined), { once: true });
    read.on('error', reject);
    read.on('end', () => resolve());
    read.resume();
  });
}

interface Reason {
  readonly text: string;
  /** waiting does not help */
  readonly isFinal: boolean;
}

/** The driver's words are searched, never repeated: they may hold the address with its password. */
function reasonOf(error: unknown, { shown, isTls, caFile, hosts }: EventStoreDbAddress): Reason {
  const { message = '', code } = (error ?? {}) as { readonly message?: string; readonly code?: unknown };
  const at = hosts.length > 1 ? `any of ${shown}` : shown;
  const final = (text: string): Reason => ({ text, isFinal: true });
  const passing = (text: string): Reason => ({ text, isFinal: false });
  if (/self.signed|unable to (get|verify)|CERT_|certificate/i.test(message)) {
    const way = caFile === undefined ? 'name its authority by tlsCAFile=FILE' : 'tlsCAFile names another authority';
    return final(`the certificate of ${shown} is not trusted, or is not for that name: ${way}`);
  }
  if (/wrong version number|packet length too long|EPROTO|SSL routines/i.test(message))
    return final(`${shown} does not speak TLS: is it another server, or one to be reached with tls=false?`);
  if (faultKind(error) === 'denied')
    return final(
      `${shown} refuses the user, or lets it not read $all: check USER:PASSWORD, or run \`baton store init\``,
    );
  if (code === 12 || code === 5 || /Received HTTP status|Protocol error|PROTOCOL_ERROR|Parse Error/i.test(message))
    return final(`what answers at ${shown} is no EventStoreDB: check host and port`);
  if (/ENOTFOUND|EAI_AGAIN|Name resolution failed/i.test(message)) return passing(`there is no host ${at}`);
  if (/ECONNREFUSED/.test(message)) return passing(`nothing listens at ${at}: is the server started?`);
  if (error instanceof NoAnswer) return passing(`${at} does not answer`);
  // Looking for the leader of a cluster, the client keeps to itself why no node answered.
  const tls = isTls
    ? ', or its certificate is not trusted (tlsCAFile=FILE)'
    : '; a server with TLS is reached without tls=false';
  return passing(`no EventStoreDB answers at ${at}${tls}`);
}
