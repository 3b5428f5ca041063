import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { notFound, overloaded } from '../../http-kit/problem-exception.js';
import { describeFault } from '../../telemetry/fault-description.js';
import { DATASETS, type Dataset } from '../dataset.js';
import { contentOf, MEDIA_TYPES } from '../export-formats.js';
import { exportSchema, type ExportSchema } from '../export-schema.js';
import { Exports } from '../exports.js';
import { RunningExports } from '../running-exports.js';
import { assertMayExport } from './export-access.js';
import { begunStream } from './export-stream.js';
import { ExportFormatQuery, ExportRangeQuery } from './exports.dto.js';

const SECONDS_TO_TRY_AGAIN = 30;
/** Nest's token for the log, which is an interface and so has no class to inject by. */
export const EXPORT_LOG = Symbol('export log');

/** Files for analysts: everything that happened, all leads, and who had them when. */
@ApiTags('exports')
@ApiReading()
@Controller('exports/:dataset')
export class ExportsController {
  constructor(
    private readonly exports: Exports,
    private readonly running: RunningExports,
    @Inject(EXPORT_LOG) private readonly logger: Logger,
  ) {}

  /** All rows as a stream: one JSON object per line, CSV, or Parquet. A stream that breaks off is no whole export. */
  @Get()
  @ApiParam({ name: 'dataset', enum: DATASETS })
  @ApiProduces('application/x-ndjson', 'text/csv', 'application/vnd.apache.parquet')
  @ApiOkResponse({ description: 'The rows.', schema: { type: 'string' } })
  async rows(
    @CurrentCaller() caller: Caller,
    @Param('dataset') name: string,
    @Query() query: ExportFormatQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const dataset = this.#dataset(name);
    assertMayExport(caller, dataset, query);
    if (!this.running.begin()) throw overloaded(SECONDS_TO_TRY_AGAIN, 'Too many exports are running.');
    if (query.withPersonalData) {
      this.logger.info({ dataset: dataset.name, subject: caller.subject }, 'personal data exported');
    }
    const stream = await begunStream(contentOf(dataset, query.format, query), () => {
      this.running.end();
    });
    stream.once('error', (fault) => {
      this.logger.error({ dataset: dataset.name, fault: describeFault(fault) }, 'export broke off');
    });
    void reply
      .header('content-type', MEDIA_TYPES[query.format])
      .header('content-disposition', `attachment; filename="${dataset.name}.${query.format}"`)
      .send(stream);
  }

  /** What each column of that export is: type, meaning, unit and where it comes from. */
  @Get('schema')
  @ApiParam({ name: 'dataset', enum: DATASETS })
  schema(
    @CurrentCaller() caller: Caller,
    @Param('dataset') name: string,
    @Query() query: ExportRangeQuery,
  ): ExportSchema {
    const dataset = this.#dataset(name);
    assertMayExport(caller, dataset, query);
    return exportSchema(dataset, query);
  }

  #dataset(name: string): Dataset {
    const found = this.exports.dataset(name);
    if (!found) throw notFound('export');
    return found;
  }
}
