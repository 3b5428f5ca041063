import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { TeamState } from '../../agreements/team.js';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { forbidden, malformed, overloaded, rateLimited } from '../../http-kit/problem-exception.js';
import { Readiness } from '../../http-kit/readiness.js';
import { singleHeader } from '../../http-kit/single-header.js';
import type { TokenVerifier } from '../../http-kit/token-verifier.js';
import { readPlace, type FeedPlace } from '../feed-place.js';
import { LeadFeed, type FeedMessage, type Listener } from '../lead-feed.js';
import { LeadTail } from '../lead-tail.js';
import { OpenFeeds } from '../open-feeds.js';
import { sightOf } from '../sight.js';
import { LeadFeedQuery } from './lead-feed.dto.js';
import { sseText } from './sse-text.js';

export const FEED_CALLERS = Symbol('feed callers');
/** What is asked again while a feed is open. */
export interface FeedCallers {
  readonly teamsOf: (person: string) => readonly TeamState[];
  readonly verifyToken: TokenVerifier;
  /** a listener that takes nothing for so long is cut off */
  readonly stallMs: number;
}

const HEADER = 'Last-Event-ID';
const SECONDS_TO_TRY_AGAIN = 30;
const MOST_BUFFERED_BYTES = 64 * 1024;

/** What happens to leads, as it happens, for those who do not read Kafka. */
@ApiTags('lead events')
@ApiReading()
@Controller('lead-events')
export class LeadFeedController {
  constructor(
    private readonly feed: LeadFeed,
    private readonly tail: LeadTail,
    private readonly open: OpenFeeds,
    private readonly readiness: Readiness,
    @Inject(FEED_CALLERS) private readonly callers: FeedCallers,
  ) {}

  /**
   * A stream (text/event-stream) of CloudEvents: every event of the leads in your sight, once and in order, without
   * personal data. A lead that comes into sight brings its history; `event: out-of-sight` names one that left it, and
   * `event: end` says why nothing follows (the token, your teams): connect again. A comment comes at least every 15
   * seconds.
   */
  @Get()
  @ApiHeader({
    name: HEADER,
    required: false,
    description: 'The last `id` that was received: goes on after it, whenever that was. Wins over `from`.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'The events.', schema: { type: 'string' } })
  async listen(
    @CurrentCaller() caller: Caller,
    @Query() { type, lead, team, from }: LeadFeedQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sight = () => sightOf(caller.roles, this.callers.teamsOf(caller.subject));
    if (!sight()) throw forbidden('the events of leads are for those who work with them');
    const place = await this.#placeOf(singleHeader(request.raw, HEADER), from);
    const close = this.open.open(caller.subject);
    if (close === 'too many of the caller') throw rateLimited(SECONDS_TO_TRY_AGAIN);
    if (close === 'too many') throw overloaded(SECONDS_TO_TRY_AGAIN, 'Too many feeds are open.');
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    this.readiness.stopping.addEventListener('abort', leave);
    reply.raw.once('close', () => {
      this.readiness.stopping.removeEventListener('abort', leave);
      leave();
      close();
    });
    if (this.readiness.isStopping || request.raw.destroyed) leave();
    const messages = this.feed.messages({
      from: place,
      filter: { ...(type && { types: type }), ...(lead && { leads: lead }), ...(team !== undefined && { team }) },
      sight,
      expiresAt: caller.expiresAt,
      isTrusted: this.#isTrusted(request),
      signal: gone.signal,
    });
    void reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      // a proxy that gathers answers would hold events back
      .header('x-accel-buffering', 'no')
      .send(Readable.from(this.#text(messages, reply), { objectMode: false, highWaterMark: MOST_BUFFERED_BYTES }));
  }

  async #placeOf(lastEventId: string | undefined, from: LeadFeedQuery['from']): Promise<FeedPlace> {
    if (lastEventId === undefined) return { position: from === 'start' ? undefined : await this.tail.head() };
    const place = readPlace(lastEventId);
    if (!place || (place.position !== undefined && !(await this.tail.holds(place.position)))) {
      throw malformed({ in: 'header', field: HEADER, rule: 'must be an id that this feed gave' });
    }
    return place;
  }

  /** As when it was first sent: signed by a key that the issuer still publishes. */
  #isTrusted(request: FastifyRequest): Listener['isTrusted'] {
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return async () => {
      const verification = await this.callers.verifyToken(token).catch(() => undefined);
      return verification?.ok === true;
    };
  }

  /** Each message when the one before was taken; whoever takes none is cut off, and goes on where they were. */
  async *#text(messages: AsyncGenerator<FeedMessage>, reply: FastifyReply): AsyncGenerator<string> {
    for await (const message of messages) {
      const stalled = setTimeout(() => reply.raw.destroy(), this.callers.stallMs);
      try {
        yield sseText(message);
      } finally {
        clearTimeout(stalled);
      }
    }
  }
}
