import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { formatEventKeys } from '../../contracts/event-keys.js';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { malformed, notFound } from '../../http-kit/problem-exception.js';
import { PublicRoute } from '../../http-kit/public-route.js';
import { parseTilePath } from '../../transparency-log/tile-path.js';
import { parseSize } from '../../transparency-log/tree-size.js';
import type { ServedTrail } from '../served-trail.js';
import { CHECKPOINT, firstForm, lastForm } from '../trail-files.js';
import { TrailFolder } from '../trail-folder.js';
import { assertAuditor } from './audit-access.js';

export const SERVED_TRAIL = Symbol('served trail');

/** What stands for the star of a route. */
type Rest = Readonly<Record<'*', string>>;

const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';
/** A tile never changes; a checkpoint is replaced by the next. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const SHORTLY = 'public, max-age=1';
const PRIVATE = 'private, no-store';

/** The log as C2SP tlog-tiles serves it, below `/audit`: what is signed, for everybody; what it says, for auditors. */
@ApiTags('audit')
@Controller('audit')
export class AuditLogController {
  readonly #files: TrailFolder;

  constructor(@Inject(SERVED_TRAIL) private readonly trail: ServedTrail) {
    this.#files = new TrailFolder(trail.folder);
  }

  /** The last checkpoint that the quorum of witnesses has cosigned (C2SP tlog-checkpoint). */
  @Get('checkpoint')
  @PublicRoute()
  @ApiProduces(TEXT)
  @ApiOkResponse({ description: 'A signed note.', schema: { type: 'string' } })
  async checkpoint(@Res() reply: FastifyReply): Promise<void> {
    this.#send(reply, await this.#files.read(CHECKPOINT), { type: TEXT, caching: SHORTLY });
  }

  /** The published checkpoint of a size, as its witnesses first cosigned it; `<size>.last`: as they last did. */
  @Get('checkpoints/:size')
  @PublicRoute()
  @ApiProduces(TEXT)
  @ApiParam({ name: 'size', example: '1024' })
  @ApiOkResponse({ description: 'A signed note.', schema: { type: 'string' } })
  async checkpointOf(@Param('size') text: string, @Res() reply: FastifyReply): Promise<void> {
    const isLast = text.endsWith('.last');
    const size = parseSize(isLast ? text.slice(0, -'.last'.length) : text);
    if (size === undefined) throw malformed({ in: 'path', field: 'size', rule: 'must be a decimal number of leaves' });
    const path = isLast ? lastForm(size) : firstForm(size);
    this.#send(reply, await this.#files.read(path), { type: TEXT, caching: isLast ? SHORTLY : FOR_EVER });
  }

  /** Entries, each after its length in two bytes: the leaves' own JSON. */
  @Get('tile/entries/*')
  @ApiReading()
  @ApiOperation({ summary: 'A bundle of entries: who did what' })
  @ApiProduces(BYTES)
  @ApiParam({ name: 'path', example: 'x001/067.p/42' })
  @ApiOkResponse({ description: 'C2SP tlog-tiles.', schema: { type: 'string', format: 'binary' } })
  async entries(
    @CurrentCaller() caller: Caller,
    @Param() { '*': rest }: Rest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    assertAuditor(caller);
    await this.#tile(`tile/entries/${rest}`, reply, PRIVATE);
  }

  /** Up to 256 hashes of 32 bytes. */
  @Get('tile/*')
  @PublicRoute()
  @ApiOperation({ summary: 'A tile of hashes' })
  @ApiProduces(BYTES)
  @ApiParam({ name: 'path', example: '0/x001/067.p/42' })
  @ApiOkResponse({ description: 'C2SP tlog-tiles.', schema: { type: 'string', format: 'binary' } })
  async tile(@Param() { '*': rest }: Rest, @Res() reply: FastifyReply): Promise<void> {
    await this.#tile(`tile/${rest}`, reply, FOR_EVER);
  }

  /** Keys with which events are signed, as `baton audit verify` takes them: to be compared with those given out of band. */
  @Get('event-keys')
  @PublicRoute()
  @ApiProduces(TEXT)
  @ApiOkResponse({ description: 'A line for each key.', schema: { type: 'string' } })
  async eventKeys(@Res() reply: FastifyReply): Promise<void> {
    const text = formatEventKeys(await this.trail.eventKeys());
    void reply.header('content-type', TEXT).header('cache-control', SHORTLY).send(text);
  }

  /** Names of files come from what was parsed, never from the request's own text. */
  async #tile(path: string, reply: FastifyReply, caching: string): Promise<void> {
    const tile = parseTilePath(path);
    if (tile.ok && (tile.value.level === 'entries') !== (caching === PRIVATE)) throw notFound('file of the log');
    if (!tile.ok) throw malformed({ in: 'path', field: 'tile', rule: tile.problem });
    this.#send(reply, await this.#files.read(path), { type: BYTES, caching });
  }

  #send(reply: FastifyReply, bytes: Buffer | undefined, { type, caching }: { type: string; caching: string }): void {
    if (bytes === undefined) throw notFound('file of the log');
    void reply.header('content-type', type).header('cache-control', caching).send(bytes);
  }
}
