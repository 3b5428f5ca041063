import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../decider/json.js';
import { leadEventOf, type LeadEvent, type UnknownLeadEvent } from './lead-event.js';
import { serverSentEvents, type ServerSentEvent } from './server-sent-events.js';

export interface LiveFeedOptions {
  /** of Baton, such as `http://127.0.0.1:3000` */
  readonly url: string;
  /** a bearer token; asked for at every connection, as tokens end */
  readonly token: () => Promise<string> | string;
  /** names of event types, without version; absent: all */
  readonly types?: readonly string[];
  readonly leads?: readonly string[];
  readonly team?: string;
  /** the place after which to go on, as an earlier run was told it; else `from` */
  readonly after?: string | undefined;
  /** default: now */
  readonly from?: 'now' | 'start';
  readonly signal: AbortSignal;
  /** told of every connection that broke or was refused for now, before the next is tried */
  readonly onInterruption?: (why: string) => void;
  /** the first pause before a connection is tried again; it doubles, up to 30 s. Default 500 ms */
  readonly pauseMs?: number;
}

export type FeedItem =
  /** `place` is to be kept where the service may have to go on after it */
  | { readonly kind: 'event'; readonly event: LeadEvent | UnknownLeadEvent; readonly place: string }
  /** the lead has left the caller's sight: what is known of it is out of date from now on */
  | { readonly kind: 'out-of-sight'; readonly lead: string; readonly place: string };

/** The server will not have this caller or this question: trying again would change nothing. */
export class FeedRefused extends Error {
  override name = 'FeedRefused';
  constructor(readonly status: number) {
    super(`Baton refused the feed with ${status}`);
  }
}

const LONGEST_PAUSE_MS = 30_000;
/** Three signs of life that did not come. */
const SILENCE_MS = 45_000;

/**
 * Everything the live feed tells, over as many connections as it takes; ends by the signal alone. The next connection
 * goes on after the last item that was taken.
 *
 * @throws FeedRefused
 */
export async function* liveLeadEvents(options: LiveFeedOptions): AsyncGenerator<FeedItem, void, undefined> {
  const { signal, onInterruption, pauseMs = 500 } = options;
  let place = options.after;
  for (let failures = 0; !signal.aborted;) {
    try {
      for await (const message of connection(options, place)) {
        failures = 0;
        const item = itemOf(message);
        if (item) yield item;
        place = message.id ?? place;
        if (message.event === 'end') onInterruption?.(message.data ?? 'ended');
      }
    } catch (fault) {
      if (fault instanceof FeedRefused) throw fault;
      if (!signal.aborted) onInterruption?.(fault instanceof Error ? fault.message : 'unknown');
    }
    const pause = Math.min(LONGEST_PAUSE_MS, pauseMs * 2 ** failures);
    failures += 1;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function* connection(
  { url, token, types, leads, team, from, signal }: LiveFeedOptions,
  after: string | undefined,
): AsyncGenerator<ServerSentEvent> {
  const address = new URL('/lead-events', url);
  if (types) address.searchParams.set('type', types.join());
  if (leads) address.searchParams.set('lead', leads.join());
  if (team !== undefined) address.searchParams.set('team', team);
  if (from) address.searchParams.set('from', from);
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  signal.addEventListener('abort', leave);
  let silence = setTimeout(leave, SILENCE_MS);
  try {
    const response = await fetch(address, {
      headers: {
        authorization: `Bearer ${await token()}`,
        accept: 'text/event-stream',
        ...(after === undefined ? {} : { 'last-event-id': after }),
      },
      signal: leaving.signal,
    });
    if ([400, 403, 404].includes(response.status)) throw new FeedRefused(response.status);
    if (response.status !== 200 || !response.body) throw new Error(`answered ${response.status}`);
    for await (const message of serverSentEvents(response.body)) {
      clearTimeout(silence);
      yield message;
      silence = setTimeout(leave, SILENCE_MS);
    }
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', leave);
    leave();
  }
}

function itemOf({ event, data, id = '' }: ServerSentEvent): FeedItem | undefined {
  if (data === undefined) return undefined;
  if (event === 'out-of-sight') {
    return { kind: 'out-of-sight', lead: (JSON.parse(data) as { lead: string }).lead, place: id };
  }
  if (event !== 'message') return undefined;
  const told = JSON.parse(data) as {
    readonly id: string;
    readonly type: string;
    readonly subject: string;
    readonly revision: number;
    readonly data: { readonly data: JsonObject; readonly metadata: JsonObject };
  };
  const { subject: stream, data: value, ...attributes } = told;
  return { kind: 'event', event: leadEventOf({ ...attributes, stream, ...value }), place: id };
}
