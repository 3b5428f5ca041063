import { Body, Controller, Get, Inject, Module, Param, Post, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { exportJWK, type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';
import { createLogger } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { type Caller, CurrentCaller } from './caller.js';
import { Cursors, PageCursors } from './cursor.js';
import { entityTagOf, IfMatch, type RevisionCondition } from './entity-tag.js';
import { IdempotencyKey } from './idempotency-key.js';
import { PageQuery } from './page-query.dto.js';
import { problemOfRefusal } from './refusal-problem.js';
import { type BatonServer, createServer, type ServerSettings } from './server.js';
import { tokenVerifier } from './token-verifier.js';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'baton-api';
export const NOW = Date.parse('2024-06-01T12:00:00.000Z');

export const ed25519 = generateKeyPairSync('ed25519');
export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function issuerKeys(): Promise<JSONWebKeySet> {
  return {
    keys: [
      { ...(await exportJWK(ed25519.publicKey)), kid: 'ed', alg: 'EdDSA', use: 'sig' },
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' },
    ],
  };
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** A good token, with claims and header fields replaced as told. */
export function token(claims: JWTPayload = {}, header: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'anna',
    client_id: 'form',
    roles: ['marketing'],
    iat: seconds(NOW),
    exp: seconds(NOW) + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'ed', ...header })
    .sign(ed25519.privateKey);
}

class RowDto {
  @IsString()
  @MaxLength(20)
  source: string;
}

class ThingDto {
  @IsString()
  @MaxLength(100)
  name: string;

  @IsInt()
  size: number;

  @IsOptional()
  @IsIn(['small', 'large'])
  kind?: string;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RowDto)
  rows?: RowDto[];
}

/** Lets a test hold a request in flight until it says so. */
export class Gate {
  #open: () => void = () => undefined;
  #enter: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.#open = resolve));
  readonly entered = new Promise<void>((resolve) => (this.#enter = resolve));
  open(): void {
    this.#open();
  }
  enter(): void {
    this.#enter();
  }
}

@Controller('things')
class ThingController {
  constructor(@Inject(Gate) private readonly gate: Gate) {}

  @Post()
  create(@CurrentCaller() caller: Caller, @IdempotencyKey() key: string, @Body() thing: ThingDto) {
    return { caller, key, thing };
  }

  @Post('guarded')
  guarded(@IfMatch() condition: RevisionCondition | undefined) {
    return { condition: condition ?? null, tag: entityTagOf(3) };
  }

  @Get()
  list(@Query() page: PageQuery, @Cursors() cursors: PageCursors) {
    return { limit: page.limit, after: cursors.after(['string', 'number']) ?? null, ...cursors.next(['b', 2]) };
  }

  @Get('fault')
  fault(): never {
    throw new Error('secret-in-message');
  }

  @Get('refused')
  refused(): never {
    throw problemOfRefusal({ code: 'illegal-transition', state: 'lost', allowed: ['recycle'] });
  }

  @Get('slow')
  async slow() {
    this.gate.enter();
    await this.gate.opened;
    return { done: true };
  }

  @Get(':id')
  one(@Param('id') id: string) {
    return { id };
  }
}

/** Closed only after the last request has been answered. */
export class Store {
  isOpen = true;
  onModuleDestroy(): void {
    this.isOpen = false;
  }
}

@Module({ controllers: [ThingController], providers: [Gate, Store] })
class ThingModule {}

export interface RunningServer {
  readonly server: BatonServer;
  readonly url: string;
  readonly metrics: Metrics;
  /** every log line so far */
  readonly log: () => string;
}

export async function startServer(settings: Partial<ServerSettings> = {}): Promise<RunningServer> {
  const lines: Buffer[] = [];
  const sink = new PassThrough();
  sink.on('data', (chunk: Buffer) => lines.push(chunk));
  const metrics = new Metrics();
  const server = await createServer(ThingModule, {
    port: 0,
    verifyToken: tokenVerifier(
      { how: 'oidc', issuer: ISSUER, audience: AUDIENCE, keys: await issuerKeys() },
      () => NOW,
    ),
    api: { title: 'Things', description: 'A test', version: '1' },
    logger: createLogger('test', 'info', sink),
    metrics,
    clock: () => NOW,
    newRequestId: randomUUID,
    ...settings,
  });
  const url = await server.listen();
  return { server, url, metrics, log: () => Buffer.concat(lines).toString() };
}
