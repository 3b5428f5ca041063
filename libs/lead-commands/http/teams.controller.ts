import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading, ApiWriting } from '../../http-kit/api-docs.js';
import type { TeamCommand } from '../../agreements/decide-team.js';
import { type TeamState } from '../../agreements/team.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { notFound } from '../../http-kit/problem-exception.js';
import { ReferenceCommands } from '../reference-commands.service.js';
import { ReferenceData } from '../reference-data.js';
import { doneOr, envelopeOf, tagged, writtenEvents } from './command-answer.js';
import type { WrittenEvent } from './command-answer.dto.js';
import { CommandOrigin, Origin } from './command-origin.js';
import { NamePipe } from '../../http-kit/path-parameters.js';
import { FormTeamDto, OnePersonDto, DeclareCapacityDto } from './teams.dto.js';

interface TeamAnswer {
  readonly team: string;
  readonly revision: number;
  readonly repeated: boolean;
  readonly events: readonly WrittenEvent[];
}

/** Teams: changed by an administrator or the team's manager, seen by everybody who works with leads. */
@ApiTags('teams')
@ApiReading()
@Controller('teams')
export class TeamsController {
  constructor(
    private readonly commands: ReferenceCommands,
    private readonly reference: ReferenceData,
  ) {}

  @Get()
  list(): { teams: TeamState[] } {
    return { teams: this.reference.allTeams().map(({ team }) => team) };
  }

  /** Your own subject, roles and teams. */
  @Get('mine')
  mine(@CurrentCaller() { subject, roles }: Caller) {
    const teams = this.reference.teamsOf(subject).map(({ id, kind, managers }) => {
      return { team: id, kind, manager: managers.includes(subject) };
    });
    return { subject, roles, teams };
  }

  @Get(':id')
  show(@Param('id', NamePipe) id: string): TeamState {
    const team = this.reference.teams.get(id);
    if (!team) throw notFound('team');
    return team;
  }

  @ApiWriting()
  @Post(':id/form')
  @HttpCode(200)
  form(@Param('id', NamePipe) id: string, @Body() dto: FormTeamDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'form', kind: dto.kind, name: dto.name }, dto, origin);
  }

  @ApiWriting()
  @Post(':id/join')
  @HttpCode(200)
  join(@Param('id', NamePipe) id: string, @Body() dto: OnePersonDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'join', person: dto.person }, dto, origin);
  }

  /** A leaver stops being manager and signatory too. */
  @ApiWriting()
  @Post(':id/leave')
  @HttpCode(200)
  leave(@Param('id', NamePipe) id: string, @Body() dto: OnePersonDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'leave', person: dto.person }, dto, origin);
  }

  @ApiWriting()
  @Post(':id/appoint-manager')
  @HttpCode(200)
  appointManager(@Param('id', NamePipe) id: string, @Body() dto: OnePersonDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'appointManager', person: dto.person }, dto, origin);
  }

  @ApiWriting()
  @Post(':id/dismiss-manager')
  @HttpCode(200)
  dismissManager(@Param('id', NamePipe) id: string, @Body() dto: OnePersonDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'dismissManager', person: dto.person }, dto, origin);
  }

  /** Who may sign policies and agreements for the team, from the next proposal on. */
  @ApiWriting()
  @Post(':id/list-signatory')
  @HttpCode(200)
  listSignatory(@Param('id', NamePipe) id: string, @Body() dto: OnePersonDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'listSignatory', person: dto.person }, dto, origin);
  }

  @ApiWriting()
  @Post(':id/unlist-signatory')
  @HttpCode(200)
  unlistSignatory(@Param('id', NamePipe) id: string, @Body() dto: OnePersonDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'unlistSignatory', person: dto.person }, dto, origin);
  }

  @ApiWriting()
  @Post(':id/declare-capacity')
  @HttpCode(200)
  declareCapacity(@Param('id', NamePipe) id: string, @Body() dto: DeclareCapacityDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'declareCapacity', openLeads: dto.openLeads }, dto, origin);
  }

  async #run(team: string, command: TeamCommand, dto: object, origin: CommandOrigin): Promise<TeamAnswer> {
    const { caller, key, requestId, ifMatch, reply } = origin;
    const envelope = envelopeOf(caller, key, dto, requestId, ifMatch);
    const { revision, repeated, events } = doneOr(await this.commands.team(team, command, envelope));
    return tagged(reply, { team, revision, repeated, events: writtenEvents(events) });
  }
}
