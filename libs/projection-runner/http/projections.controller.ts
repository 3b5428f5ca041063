import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { NamePipe } from '../../http-kit/path-parameters.js';
import { BuildOperations } from '../build-operations.js';
import { assertOperator, operatedOr } from './operators.js';
import { RebuildDto, BuildDto } from './projections.dto.js';

/** Views are kept up in builds: one serves, others are filled beside it or kept after it. For administrators. */
@ApiTags('operation')
@ApiReading()
@Controller('projections')
export class ProjectionsController {
  constructor(private readonly builds: BuildOperations) {}

  /** All builds of all views: how far they are, how old what they wait for is, and which serve. */
  @Get()
  async list(@CurrentCaller() caller: Caller) {
    assertOperator(caller);
    return { builds: await this.builds.list() };
  }

  /** The builds of one view. */
  @Get(':projection')
  async status(@CurrentCaller() caller: Caller, @Param('projection', NamePipe) projection: string) {
    assertOperator(caller);
    return { builds: operatedOr(await this.builds.status(projection)) };
  }

  /** What serves against what is to take over, else against what served before: rows that only one of the two has. */
  @Get(':projection/comparison')
  async compare(@CurrentCaller() caller: Caller, @Param('projection', NamePipe) projection: string) {
    assertOperator(caller);
    return operatedOr(await this.builds.compare(projection));
  }

  /** Fills new tables from the start of history, beside those that serve; answered before that is done. */
  @Post(':projection/rebuild')
  @HttpCode(200)
  async rebuild(
    @CurrentCaller() caller: Caller,
    @Param('projection', NamePipe) projection: string,
    @Body() { held = false }: RebuildDto,
  ) {
    assertOperator(caller);
    return operatedOr(await this.builds.rebuild(projection, held));
  }

  /** Lets a build serve as soon as it has all there is. */
  @Post(':projection/promote')
  @HttpCode(200)
  async promote(
    @CurrentCaller() caller: Caller,
    @Param('projection', NamePipe) projection: string,
    @Body() { build }: BuildDto,
  ) {
    assertOperator(caller);
    return operatedOr(await this.builds.promote(projection, build));
  }

  /** Throws a build away that does not serve. */
  @Post(':projection/drop')
  @HttpCode(200)
  async drop(
    @CurrentCaller() caller: Caller,
    @Param('projection', NamePipe) projection: string,
    @Body() { build }: BuildDto,
  ) {
    assertOperator(caller);
    return operatedOr(await this.builds.drop(projection, build));
  }
}
