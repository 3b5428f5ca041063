#!/usr/bin/env node
import 'reflect-metadata';
import { ReferenceRefresh } from '../../libs/lead-commands/reference-refresh.js';
import { watchViews } from '../composition/health.js';
import { runService } from '../composition/run-service.js';
import { commandSide, viewModules, viewRunner } from '../composition/sides.js';

await runService({
  name: 'team-views',
  description: 'What each team sees: boards, numbers, owners, exports, and the operation of the views.',
  port: 3001,
  needs: ['event-store', 'kafka', 'database', 'keys', 'signing-key', 'issuer'],
  async start({ opened, logger, metrics, newId }) {
    const ports = await opened.ports();
    const runner = viewRunner(ports, await opened.feed('team-views'));
    const command = await commandSide(ports);
    await runner.start();
    const refresh = new ReferenceRefresh({ reference: command.reference, database: ports.database, logger });
    await refresh.start();
    return {
      modules: viewModules(ports, command, runner, { newRequestId: newId, logger }),
      watch: (readiness) => watchViews(runner, readiness, metrics),
      async stop() {
        await refresh.stop();
        await runner.stop();
      },
    };
  },
});
