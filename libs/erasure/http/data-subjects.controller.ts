import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Logger } from 'pino';
import type { ContactCommand } from '../../contacts/decide-contact.js';
import type { TokenRole } from '../../decider/decision.js';
import { ApiReading, ApiWriting } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { Cursors, PageCursors } from '../../http-kit/cursor.js';
import { PageQuery } from '../../http-kit/page-query.dto.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';
import { forbidden, malformed, notFound } from '../../http-kit/problem-exception.js';
import { problemOfRefusal } from '../../http-kit/refusal-problem.js';
import { ContactCommands } from '../../lead-commands/contact-commands.service.js';
import { doneOr, envelopeOf, senderOf, writtenEvents } from '../../lead-commands/http/command-answer.js';
import type { WrittenEvent } from '../../lead-commands/http/command-answer.dto.js';
import { CommandOrigin, Origin } from '../../lead-commands/http/command-origin.js';
import { ACCESS_LOG } from '../../lead-commands/tokens.js';
import { DataSubjects, type DataSubject, type SubjectAccess } from '../data-subjects.js';
import { FindDataSubjectDto, ReasonDto, PlaceLegalHoldDto, RequestErasureDto } from './data-subjects.dto.js';

const LOOK: readonly TokenRole[] = ['privacy', 'admin', 'auditor'];
const READ: readonly TokenRole[] = ['privacy'];

/** For the office of privacy: what is held on a person, and its end. Nothing that a person typed is in any URL. */
@ApiTags('data subjects')
@Controller('data-subjects')
export class DataSubjectsController {
  constructor(
    private readonly subjects: DataSubjects,
    private readonly commands: ContactCommands,
    @Inject(ACCESS_LOG) private readonly log: Logger,
  ) {}

  /** The contacts known by an e-mail address or a phone number; role privacy. Each look is logged, without the address. */
  @Post('search')
  @HttpCode(200)
  @ApiReading()
  async search(@CurrentCaller() caller: Caller, @Body() { email, phone }: FindDataSubjectDto) {
    assertRole(caller, READ);
    if (email === undefined && phone === undefined)
      throw malformed({ field: '/email', rule: 'or /phone must be given' });
    const contacts = await this.subjects.find({
      ...(email === undefined ? {} : { emails: [email] }),
      ...(phone === undefined ? {} : { phones: [phone] }),
    });
    this.log.info({ contacts, subject: caller.subject }, 'data subject looked up');
    return { contacts };
  }

  /** How it stands with a person: contacts and leads, holds, erasing, and the events that prove it. Nothing personal. */
  @Get(':id')
  @ApiReading()
  async show(@CurrentCaller() caller: Caller, @Param('id', UuidPipe) id: string): Promise<DataSubject> {
    assertRole(caller, LOOK);
    return this.#found(id);
  }

  /**
   * Receipts of all that is on one contact's stream, a page at a time: of its registration, too, which whoever created the
   * lead was not given where it would tell them that nobody else has the person.
   */
  @Get(':id/receipts')
  @ApiReading()
  async receipts(
    @CurrentCaller() caller: Caller,
    @Param('id', UuidPipe) contact: string,
    @Query() { limit }: PageQuery,
    @Cursors() cursors: PageCursors,
  ): Promise<{ contact: string; events: WrittenEvent[]; next?: string }> {
    assertRole(caller, LOOK);
    const [from] = cursors.after(['number']) ?? [0];
    const events = await this.subjects.events(contact, { from, limit });
    if (from === 0 && events.length === 0) throw notFound('contact');
    const ended = events.length === limit ? [from + limit] : undefined;
    return { contact, events: writtenEvents(events), ...cursors.next(ended) };
  }

  /** Everything held on a person, as JSON; role privacy. It is told on the contact's stream before it is answered. */
  @Post(':id/export')
  @HttpCode(200)
  @ApiWriting()
  async export(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReasonDto,
    @Origin() origin: CommandOrigin,
  ): Promise<SubjectAccess & { events: WrittenEvent[] }> {
    const { caller, reply } = origin;
    assertRole(caller, READ);
    const subject = await this.#found(id);
    const access = await this.subjects.access(subject, senderOf(caller));
    if (!access) throw problemOfRefusal({ code: 'conflict', rule: 'more than 20,000 events are more than one answer' });
    const events = access.leads.reduce((sum, lead) => sum + lead.events.length, access.contactEvents.length);
    const counts = { contacts: access.contacts.length, leads: access.leads.length, events };
    const told = await this.#run(id, { type: 'record-export', reason: dto.reason, ...counts }, dto, origin);
    void reply.header('cache-control', 'private, no-store');
    return { ...access, events: writtenEvents(told.events) };
  }

  /** Nothing of the person may be erased until it is lifted; roles privacy, admin, auditor. */
  @Post(':id/legal-hold')
  @HttpCode(200)
  @ApiWriting()
  hold(@Param('id', UuidPipe) id: string, @Body() dto: PlaceLegalHoldDto, @Origin() origin: CommandOrigin) {
    return this.#told(id, { type: 'place-legal-hold', reason: dto.reason, matter: dto.matter }, dto, origin);
  }

  /** Roles privacy, admin. */
  @Post(':id/legal-hold/lift')
  @HttpCode(200)
  @ApiWriting()
  lift(@Param('id', UuidPipe) id: string, @Body() dto: ReasonDto, @Origin() origin: CommandOrigin) {
    return this.#told(id, { type: 'lift-legal-hold', reason: dto.reason }, dto, origin);
  }

  /** Asks that a person be erased; role privacy. Nothing happens before another person approves it. */
  @Post(':id/erasure')
  @HttpCode(202)
  @ApiWriting()
  request(@Param('id', UuidPipe) id: string, @Body() dto: RequestErasureDto, @Origin() origin: CommandOrigin) {
    const { reason, keepOptOut = false } = dto;
    return this.#told(id, { type: 'request-erasure', reason, keepOptOut }, dto, origin);
  }

  /** Approves it, say once it was checked who asks; roles privacy, admin, another person than asked. It is not taken back. */
  @Post(':id/erasure/approval')
  @HttpCode(202)
  @ApiWriting()
  approve(@Param('id', UuidPipe) id: string, @Body() dto: ReasonDto, @Origin() origin: CommandOrigin) {
    return this.#told(id, { type: 'approve-erasure', reason: dto.reason }, dto, origin);
  }

  /** The command's own events as receipts, and how it stands now. */
  async #told(id: string, command: PeopleCommand, dto: object, origin: CommandOrigin) {
    const { repeated, events } = await this.#run(id, command, dto, origin);
    const [first] = events;
    const subject = await this.#found(id);
    return { ...subject, repeated, events: writtenEvents(events), ...(first ? { stream: first.stream } : {}) };
  }

  async #run(id: string, command: PeopleCommand, dto: object, { caller, key, requestId, ifMatch }: CommandOrigin) {
    return doneOr(await this.commands.execute(id, command, envelopeOf(caller, key, dto, requestId, ifMatch)));
  }

  async #found(id: string): Promise<DataSubject> {
    const subject = await this.subjects.show(id);
    if (!subject) throw notFound('contact');
    return subject;
  }
}

type PeopleCommand = Exclude<ContactCommand, { type: 'register' }>;

function assertRole({ roles }: Caller, allowed: readonly TokenRole[]): void {
  if (!roles.some((role) => allowed.includes(role))) throw forbidden(`only for ${allowed.join(', ')}`);
}
