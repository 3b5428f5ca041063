import {
  createQueryId,
  sql,
  type CreateIndexNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';
import type { Writing } from '../read-database/read-database.js';

/**
 * Lets `work` make its tables, takes their indexes away again, and gives the statements that make them. To keep indexes
 * up while all history is written costs more than to make them once it is there.
 */
export async function withoutIndexes(tx: Writing, work: (tx: Writing) => Promise<void>): Promise<readonly string[]> {
  const seen = new SeenIndexes();
  await work(tx.withPlugin(seen));
  const executor = tx.getExecutor();
  for (const { name } of seen.indexes) await tx.schema.dropIndex(name.name).execute();
  return seen.indexes.map((index) => executor.compileQuery(index, createQueryId()).sql);
}

/** @param statements as `withoutIndexes` gave them */
export async function createIndexes(tx: Writing, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(tx);
}

class SeenIndexes implements KyselyPlugin {
  readonly indexes: CreateIndexNode[] = [];

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (node.kind === 'CreateIndexNode') this.indexes.push(node);
    return node;
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }
}
