import { Module, type DynamicModule } from '@nestjs/common';
import type { ServedTrail } from '../served-trail.js';
import { AuditLogController, SERVED_TRAIL } from './audit-log.controller.js';

/** The log's files over HTTP. */
@Module({})
export class AuditLogModule {
  static on(trail: ServedTrail): DynamicModule {
    return {
      module: AuditLogModule,
      controllers: [AuditLogController],
      providers: [{ provide: SERVED_TRAIL, useValue: trail }],
    };
  }
}
