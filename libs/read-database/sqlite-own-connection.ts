import type { CompiledQuery, QueryResult } from 'kysely';
import type { SqlValue } from './read-database.js';
import type { OnlyConnection } from './sqlite-only-connection.js';
import type { WritingConnection } from './sqlite-writing.mjs';

/** The connection that writes, for its own thread: nothing crosses. */
export const ownConnection = (connection: WritingConnection): OnlyConnection => ({
  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return { rows: connection.query(sql, parameters as readonly SqlValue[]) as Row[] };
  },
  streamQuery() {
    throw new Error('nothing is streamed from a writing connection');
  },
  close: () => Promise.resolve(),
});
