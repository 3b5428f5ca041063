#!/usr/bin/env node
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { AuditLogModule } from '../../libs/ownership-trail/http/audit-log.module.js';
import { servedTrail } from '../../libs/ownership-trail/served-trail.js';
import { watchTrail } from '../../libs/ownership-trail/trail-health.js';
import { TrailKeeper } from '../../libs/ownership-trail/trail-keeper.js';
import { openTrailSetUp } from '../../libs/ownership-trail/trail-set-up.js';
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
    const { trail: keeper, queries } = await openedTrail(
      place,
      (observe) => TrailKeeper.open({ ...openTrailSetUp(place, randomBytes), store, fetch, clock: Date.now, observe }),
      { metrics, logger },
    );
    keeper.start();
    return {
      // It knows no teams: auditors ask here, and a lead's own teams what team-views has (ADR 30).
      modules: [AuditLogModule.on(servedTrail(place, store)), queries.module()],
      watch(readiness) {
        watchTrail(keeper, readiness, metrics);
        queries.watch(readiness);
      },
      async stop() {
        await keeper.stop();
        await queries.stop();
      },
    };
  },
});
