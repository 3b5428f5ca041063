#!/usr/bin/env node
import 'reflect-metadata';
import { LeadCommandsModule } from '../../libs/lead-commands/lead-commands.module.js';
import { LeadFeedModule } from '../../libs/lead-feed/lead-feed.module.js';
import { ReferenceRefresh } from '../../libs/lead-commands/reference-refresh.js';
import { watchKeys } from '../composition/health.js';
import { runService } from '../composition/run-service.js';
import { commandSide, erasureModule } from '../composition/sides.js';

await runService({
  name: 'lead-api',
  description: 'Commands, a lead’s own history, and the live feed of events.',
  port: 3000,
  needs: ['event-store', 'database', 'keys', 'signing-key', 'issuer'],
  async start({ opened, logger, metrics, verifyToken }) {
    const ports = await opened.ports();
    const command = await commandSide(ports);
    const { database, store, keys, clock } = ports;
    const refresh = new ReferenceRefresh({ reference: command.reference, database, logger });
    await refresh.start();
    return {
      modules: [
        LeadCommandsModule.on(command, store, keys, logger),
        // Its end is told by lead-routing, which erases.
        erasureModule(ports, command, logger, () => undefined),
        LeadFeedModule.on(
          store,
          { teamsOf: (person) => command.reference.teamsOf(person), verifyToken },
          { clock, metrics },
        ),
      ],
      watch(readiness) {
        readiness.register('event-store', () =>
          store.head().then(
            () => undefined,
            (fault: Error) => fault.message,
          ),
        );
        watchKeys(keys, readiness);
      },
      stop: () => refresh.stop(),
    };
  },
});
