#!/usr/bin/env node
import 'reflect-metadata';
import { AuditLogModule } from '../../libs/ownership-trail/http/audit-log.module.js';
import { IndexedTrail } from '../../libs/ownership-trail/indexed-trail.js';
import { servedTrail } from '../../libs/ownership-trail/served-trail.js';
import { watchTrail } from '../../libs/ownership-trail/trail-health.js';
import { openedTrail } from '../composition/opened-trail.js';
import { runService } from '../composition/run-service.js';
import { withWriterKey } from './writer-key.js';

await runService({
  name: 'audit-trail',
  description: 'Seals every event into the transparency log, and serves its files.',
  port: 3004,
  needs: ['event-store', 'trail', 'issuer'],
  async start({ settings, opened, logger, metrics }) {
    const store = await opened.store();
    const place = withWriterKey(settings);
    const { trail, queries } = await openedTrail(
      place,
      (observe) => IndexedTrail.open({ place, store, clock: Date.now, observe }),
      { metrics, logger },
    );
    trail.start();
    return {
      // It knows no teams: auditors ask here, and a lead's own teams what team-views has (ADR 30).
      modules: [AuditLogModule.on(servedTrail(place, store)), queries.module()],
      watch(readiness) {
        watchTrail(trail, readiness, metrics);
      },
      async stop() {
        await trail.stop();
        await queries.stop();
      },
    };
  },
});
