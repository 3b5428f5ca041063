// Creating leads over HTTP with emmett-expressjs over PostgreSQL, durable. As `leads-api.mjs`: two events of a lead, and
// nothing besides. As `leads-api.mjs complete`: what Baton does for the same answer, as far as somebody would write it
// with emmett: the token is verified, the person found by a blind index or registered with a key of their own, personal
// data sealed with it, the lead scored. Neither has idempotency keys, signatures, views or a trail.
import { CommandHandler } from '@event-driven-io/emmett';
import { Created, getApplication, on } from '@event-driven-io/emmett-expressjs';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { Contacts, evolveContact, register } from './contacts.mjs';
import { create, evolve, initialState } from './lead.mjs';
import { startPostgres } from './postgres.mjs';
import { makeTokens } from './tokens.mjs';

const complete = process.argv[2] === 'complete';
const postgres = await startPostgres();
const store = getPostgreSQLEventStore(postgres.connectionString);
await store.schema.migrate();
const contacts = complete ? await Contacts.open(postgres.connectionString) : undefined;
const tokens = complete ? await makeTokens() : undefined;
const handle = CommandHandler({ evolve, initialState, mapToStreamId: (id) => `lead-${id}` });
const handleContact = CommandHandler({
  evolve: evolveContact,
  initialState: () => ({ registered: false }),
  mapToStreamId: (id) => `contact-${id}`,
});

function metadataNow() {
  const now = new Date().toISOString();
  return { occurredAt: now, recordedAt: now, correlationId: randomUUID(), commandId: randomUUID() };
}

/** The body without its person, who is registered, and with their details sealed. */
async function sealed({ details, ...open }, lead, metadata) {
  const { contact, seal } = await contacts.of(details.email);
  await handleContact(store, contact, (state) => register({ lead, metadata }, state));
  return { ...open, contact, pii: seal(details, lead) };
}

const leads = (router) => {
  router.post(
    '/leads',
    on(async (request) => {
      const lead = randomUUID();
      const metadata = metadataNow();
      if (tokens) metadata.actor = await tokens.verify(request.headers.authorization);
      const data = complete ? await sealed(request.body, lead, metadata) : request.body;
      await handle(store, lead, (state) => create({ data, metadata }, state));
      return Created({ createdId: lead });
    }),
  );
};

const server = getApplication({ apis: [leads] }).listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  process.stdout.write(`${JSON.stringify({ url, ...(tokens && { token: tokens.token }) })}\n`);
});

process.stdin.resume().once('end', () => {
  server.close(async () => {
    await contacts?.close();
    await store.close();
    await postgres.stop();
  });
  server.closeAllConnections();
});
