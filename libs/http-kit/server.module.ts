import { type DynamicModule, Global, Module, type ModuleMetadata } from '@nestjs/common';
import { Metrics } from '../telemetry/metrics.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { OpenApiController } from './openapi.controller.js';
import { OpenApiDocument } from './openapi.js';
import { Readiness } from './readiness.js';

type ImportedModule = NonNullable<ModuleMetadata['imports']>[number];

/** What every server offers; modules inject `Readiness` and `Metrics` to add their own checks and gauges. */
@Global()
@Module({})
export class ServerModule {
  static around(
    inner: ImportedModule,
    parts: { readonly readiness: Readiness; readonly metrics: Metrics; readonly document: OpenApiDocument },
  ): DynamicModule {
    return {
      module: ServerModule,
      imports: [inner],
      controllers: [HealthController, MetricsController, OpenApiController],
      providers: [
        { provide: Readiness, useValue: parts.readiness },
        { provide: Metrics, useValue: parts.metrics },
        { provide: OpenApiDocument, useValue: parts.document },
      ],
      exports: [Readiness, Metrics],
    };
  }
}
