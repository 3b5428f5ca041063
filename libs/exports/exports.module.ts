import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { Exports, type ExportParts } from './exports.js';
import { EXPORT_LOG, ExportsController } from './http/exports.controller.js';
import { RunningExports } from './running-exports.js';

/** Files for analysts, streamed over HTTP. */
@Module({})
export class ExportsModule {
  static on(parts: ExportParts, logger: Logger): DynamicModule {
    return {
      module: ExportsModule,
      controllers: [ExportsController],
      providers: [
        { provide: Exports, useValue: new Exports(parts) },
        { provide: EXPORT_LOG, useValue: logger },
        { provide: RunningExports, useValue: new RunningExports() },
      ],
    };
  }
}
