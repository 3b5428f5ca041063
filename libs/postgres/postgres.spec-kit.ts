import pg from 'pg';

/** Runs statements on a connection of its own. */
export async function onPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function dropSchema(url: string, schema: string): Promise<void> {
  await onPostgres(url, async (client) => {
    await client.query('set client_min_messages = warning');
    await client.query(`drop schema if exists ${schema} cascade`);
  });
}
