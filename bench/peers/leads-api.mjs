// Creating leads over HTTP with emmett-expressjs over PostgreSQL: two events, durable, neither sealed nor authenticated.
import { CommandHandler } from '@event-driven-io/emmett';
import { Created, getApplication, on } from '@event-driven-io/emmett-expressjs';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { create, evolve, initialState } from './lead.mjs';
import { startPostgres } from './postgres.mjs';

const postgres = await startPostgres();
const store = getPostgreSQLEventStore(postgres.connectionString);
await store.schema.migrate();
const handle = CommandHandler({ evolve, initialState, mapToStreamId: (id) => `lead-${id}` });

const leads = (router) => {
  router.post(
    '/leads',
    on(async (request) => {
      const lead = randomUUID();
      const now = new Date().toISOString();
      const metadata = { occurredAt: now, recordedAt: now, correlationId: randomUUID(), commandId: randomUUID() };
      await handle(store, lead, (state) => create({ data: request.body, metadata }, state));
      return Created({ createdId: lead });
    }),
  );
};

const server = getApplication({ apis: [leads] }).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`);
});

process.stdin.resume().once('end', () => {
  server.close(async () => {
    await store.close();
    await postgres.stop();
  });
  server.closeAllConnections();
});
