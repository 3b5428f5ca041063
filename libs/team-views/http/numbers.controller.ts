import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { Cursors, PageCursors } from '../../http-kit/cursor.js';
import { malformed } from '../../http-kit/problem-exception.js';
import type { AnyMetric } from '../../metric-catalogue/metric-catalogue.js';
import { hasDueTime } from '../../metric-catalogue/outcome-metric.js';
import type { AskedUnits } from '../number-source.js';
import { MOST_NUMBER_ROWS } from '../outcome-numbers.js';
import { AskedNumbers } from './asked-numbers.js';
import { NumberAnswers } from './number-answers.js';
import { EvidenceOfNumberQuery, NumbersOfMetricQuery } from './numbers.dto.js';
import { ViewAccess } from './view-access.js';

/** The numbers of the catalogue: company-wide and the same for both teams, with the leads behind each. */
@ApiTags('views')
@ApiReading()
@Controller('numbers')
export class NumbersController {
  constructor(
    private readonly answers: NumberAnswers,
    private readonly asked: AskedNumbers,
    private readonly access: ViewAccess,
  ) {}

  /** A number of the catalogue, by any of its dimensions. */
  @Get(':metric')
  async rows(@CurrentCaller() caller: Caller, @Param('metric') id: string, @Query() query: NumbersOfMetricQuery) {
    this.access.assertReader(caller);
    const { by = [] } = query;
    const { metric, units } = this.asked.of(id, query, by);
    await this.access.waitFor(metric.view, query.after);
    const rows = await this.answers.to(metric).rows({ by, ...units });
    if (rows === undefined) {
      const rule = `gives more than ${MOST_NUMBER_ROWS} rows: ask by fewer dimensions or for a shorter time`;
      throw malformed({ in: 'query', field: 'by', rule });
    }
    return { metric: id, ...momentOf(metric, units), rows };
  }

  /** The leads behind a number that you may read, and how many there are besides. */
  @Get(':metric/evidence')
  async leads(
    @CurrentCaller() caller: Caller,
    @Param('metric') id: string,
    @Query() query: EvidenceOfNumberQuery,
    @Cursors() cursors: PageCursors,
  ) {
    this.access.assertReader(caller);
    const { part, limit } = query;
    const { metric, units } = this.asked.of(id, query);
    if (part === 'apart' && (metric.view !== 'outcomes' || metric.apart.length === 0)) {
      throw malformed({ in: 'query', field: 'part', rule: `must not be apart: ${id} counts nothing apart` });
    }
    const [after] = cursors.after(['string']) ?? [];
    // The cards say who may read a lead: what they do not have yet is outside.
    const scope = await this.access.scopeAfter(caller, [metric.view, 'lead-card'], query.after);
    const { leads, total, outside, next } = await this.answers.to(metric).evidence({
      part,
      scope,
      limit,
      ...units,
      ...(after === undefined ? {} : { after }),
    });
    return {
      metric: id,
      ...momentOf(metric, units),
      leads,
      total,
      outside,
      ...cursors.next(next === undefined ? undefined : [next]),
    };
  }
}

/** Where a number depends on the moment: else the same question gets the same answer, byte by byte. */
const momentOf = (metric: AnyMetric, { asOf }: AskedUnits): { readonly asOf?: string } =>
  metric.view === 'lead-card' || (metric.view === 'outcomes' && hasDueTime(metric)) ? { asOf } : {};
