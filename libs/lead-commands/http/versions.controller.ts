import { Body, Controller, Get, HttpCode, Inject, Injectable, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading, ApiWriting } from '../../http-kit/api-docs.js';
import type { AgreementContent } from '../../agreements/agreement-content.js';
import type { Checked } from '../../agreements/content-check.js';
import type { PolicyContent } from '../../agreements/policy.js';
import type { SignedKind } from '../../agreements/signed-versions.js';
import { validateAgreementContent } from '../../agreements/validate-agreement.js';
import { validatePolicyContent } from '../../agreements/validate-policy.js';
import { inForceAt, statusAt } from '../../agreements/validity.js';
import { isoTime, type Clock } from '../../decider/clock.js';
import { malformed, notFound } from '../../http-kit/problem-exception.js';
import { pointerOfField } from '../../http-kit/json-pointer.js';
import { versionsFold } from '../folds.js';
import { ReferenceCommands } from '../reference-commands.service.js';
import { DEFAULT_SEGMENT } from '../reference-data.js';
import { DEFAULT_AGREEMENT } from '../../agreements/default-agreement.js';
import { CLOCK } from '../tokens.js';
import { StreamCommands } from '../stream-commands.js';
import { doneOr, envelopeOf, tagged, writtenEvents } from './command-answer.js';
import { CommandOrigin, Origin } from './command-origin.js';
import { NamePipe } from '../../http-kit/path-parameters.js';
import { ProposeDto, SignDto, WithdrawDto } from './versions.dto.js';

/** What the policy and the agreement have in common: versions that count once both teams signed them, and their routes. */
@Injectable()
abstract class VersionsController<Content> {
  protected abstract readonly kind: SignedKind;
  protected abstract readonly validate: (content: unknown) => Checked<Content>;

  constructor(
    private readonly commands: ReferenceCommands,
    private readonly streams: StreamCommands,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All versions with how they stand now, or undefined where nothing was ever proposed. */
  protected async versionsOf(segment: string) {
    const now = isoTime(this.clock());
    const { state, revision } = await this.streams.load(
      `${this.kind}-${segment}`,
      versionsFold<Content>(this.kind, segment),
    );
    if (revision < 0) return undefined;
    const versions = state.versions.map((version) => ({ ...version, status: statusAt(state, version, now) }));
    return { segment, revision, inForce: inForceAt(state, now)?.version ?? null, versions };
  }

  @ApiWriting()
  @Post('propose')
  @HttpCode(200)
  propose(@Param('segment', NamePipe) segment: string, @Body() dto: ProposeDto, @Origin() origin: CommandOrigin) {
    const checked = this.validate(dto.content);
    if (!checked.ok) {
      throw malformed({ field: `/content${pointerOfField(checked.field)}`, rule: checked.rule });
    }
    const { validFrom } = dto;
    const proposal = { type: 'propose' as const, content: checked.content, ...(validFrom ? { validFrom } : {}) };
    return this.#run(segment, proposal, dto, origin);
  }

  @ApiWriting()
  @Post('sign')
  @HttpCode(200)
  sign(@Param('segment', NamePipe) segment: string, @Body() dto: SignDto, @Origin() origin: CommandOrigin) {
    const { version, contentHash } = dto;
    return this.#run(segment, { type: 'sign', version, contentHash }, { version, contentHash }, origin);
  }

  @ApiWriting()
  @Post('withdraw')
  @HttpCode(200)
  withdraw(@Param('segment', NamePipe) segment: string, @Body() dto: WithdrawDto, @Origin() origin: CommandOrigin) {
    const { version } = dto;
    return this.#run(segment, { type: 'withdraw', version }, { version }, origin);
  }

  async #run(
    segment: string,
    command: Parameters<ReferenceCommands['version']>[2],
    body: object,
    { caller, key, requestId, ifMatch, reply }: CommandOrigin,
  ) {
    const envelope = envelopeOf(caller, key, body, requestId, ifMatch);
    const done = doneOr(await this.commands.version<unknown>(this.kind, segment, command, envelope));
    const { state, revision, repeated, events } = done;
    const version = done.result?.version ?? (events[0]?.data.version as number);
    const named = state.versions[version - 1];
    return tagged(reply, {
      segment,
      revision,
      version,
      contentHash: named?.contentHash,
      inForceFrom: named?.inForceFrom ?? null,
      repeated,
      events: writtenEvents(events),
    });
  }
}

/** The ideal-lead policy of a segment. */
@ApiTags('policies')
@ApiReading()
@Controller('policies/:segment')
export class PoliciesController extends VersionsController<PolicyContent> {
  protected readonly kind = 'policy';
  protected readonly validate = validatePolicyContent;

  @Get()
  async show(@Param('segment', NamePipe) segment: string) {
    const versions = await this.versionsOf(segment);
    if (!versions) throw notFound('policy');
    return versions;
  }
}

/** The two-way agreement of a segment. */
@ApiTags('agreements')
@ApiReading()
@Controller('agreements/:segment')
export class AgreementsController extends VersionsController<AgreementContent> {
  protected readonly kind = 'agreement';
  protected readonly validate = validateAgreementContent;

  /** Of the default segment also the shipped list, which stands as version 0 until an agreement is in force. */
  @Get()
  async show(@Param('segment', NamePipe) segment: string) {
    const versions = await this.versionsOf(segment);
    if (segment === DEFAULT_SEGMENT) {
      const shipped = { version: 0, content: DEFAULT_AGREEMENT };
      return { segment, revision: -1, inForce: null, versions: [], ...versions, shipped };
    }
    if (!versions) throw notFound('agreement');
    return versions;
  }
}
