#!/usr/bin/env node
import 'reflect-metadata';
import { ContactCommands } from '../../libs/lead-commands/contact-commands.service.js';
import { LeadCommands } from '../../libs/lead-commands/lead-commands.service.js';
import { PlainCommands } from '../../libs/lead-commands/reference-commands.service.js';
import { ReferenceRefresh } from '../../libs/lead-commands/reference-refresh.js';
import { refreshingFeed } from '../../libs/lead-commands/refreshing-feed.js';
import { InProcessSender } from '../../libs/lead-routing/in-process-sender.js';
import { OffersUnderWay } from '../../libs/lead-routing/offers-under-way.js';
import { RoutingMemory } from '../../libs/lead-routing/routing-tables.js';
import { RoutingService } from '../../libs/lead-routing/routing.service.js';
import { MOST_CACHE_MS } from '../../libs/personal-data/caching-key-store.js';
import { ServedProgress } from '../../libs/projection-runner/served-progress.js';
import { watchErasure, watchKeys, watchRouting } from '../composition/health.js';
import { routingViews } from '../composition/routing-facts.js';
import { runService } from '../composition/run-service.js';
import { commandSide, erasureService } from '../composition/sides.js';

await runService({
  name: 'lead-routing',
  description: 'Holds, routes and hands off qualified leads.',
  port: 3002,
  needs: ['event-store', 'kafka', 'database', 'keys', 'signing-key'],
  async start({ opened, logger, metrics }) {
    const offers = new OffersUnderWay();
    const ports = { ...(await opened.ports()), offers };
    // Before anything goes on by itself: where Kafka is not as it must be, nothing has begun.
    const feed = await opened.feed('lead-routing');
    const { database, store, keys, clock } = ports;
    const command = await commandSide(ports);
    const { reference } = command;
    const refresh = new ReferenceRefresh({ reference, database, logger });
    await refresh.start();
    const contacts = new ContactCommands(new PlainCommands(command), command, keys);
    const routing = new RoutingService({
      feed: refreshingFeed(feed, reference),
      memory: new RoutingMemory(database),
      sender: new InProcessSender(new LeadCommands(command), contacts, 'lead-routing'),
      views: routingViews(database, new ServedProgress(database, feed, () => performance.now()), reference),
      offers,
      reference,
      commands: command.commands,
      store,
      clock,
      logger,
    });
    const erasure = erasureService(ports, command, logger, MOST_CACHE_MS);
    await erasure.start();
    await routing.start();
    return {
      watch(readiness) {
        watchRouting(routing, readiness, metrics);
        watchKeys(keys, readiness);
        watchErasure(erasure, readiness, metrics);
      },
      async stop() {
        await routing.stop();
        await erasure.stop();
        await refresh.stop();
      },
    };
  },
});
