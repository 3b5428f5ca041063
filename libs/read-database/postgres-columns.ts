import {
  DataTypeNode,
  OperationNodeTransformer,
  RawNode,
  type ColumnDefinitionNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';

/**
 * What `text` and `integer` are in SQLite: texts compare by their bytes, whatever language the server sorts by (times
 * and cursors rely on it), and integers are 64 bits wide.
 */
const STORED_AS: Readonly<Record<string, string>> = { text: 'text collate "C"', integer: 'bigint' };

/** Makes a table's columns what they are in the other database. */
export class PostgresColumns implements KyselyPlugin {
  private readonly transformer = new ColumnTypes();

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    const makesColumns = node.kind === 'CreateTableNode' || node.kind === 'AlterTableNode';
    return makesColumns ? this.transformer.transformNode(node, queryId) : node;
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }
}

class ColumnTypes extends OperationNodeTransformer {
  protected override transformColumnDefinition(node: ColumnDefinitionNode): ColumnDefinitionNode {
    const column = super.transformColumnDefinition(node);
    const { dataType } = column;
    const stored = DataTypeNode.is(dataType) ? STORED_AS[dataType.dataType] : undefined;
    return stored === undefined ? column : { ...column, dataType: RawNode.createWithSql(stored) };
  }
}
