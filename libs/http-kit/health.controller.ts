import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PublicRoute } from './public-route.js';
import { Readiness, type ReadinessReport } from './readiness.js';

@ApiTags('operation')
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** An answer at all is the proof that the event loop turns. */
  @Get('healthz')
  @PublicRoute()
  @ApiOperation({ summary: 'Whether the process is alive' })
  alive(): { readonly alive: true } {
    return { alive: true };
  }

  @Get('readyz')
  @PublicRoute()
  @ApiOperation({ summary: 'Whether the process should be sent requests; 503 when not' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    void reply.code(report.ready ? 200 : 503);
    return report;
  }
}
