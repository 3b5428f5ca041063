import {
  IdentifierNode,
  OperationNodeTransformer,
  TableNode,
  type CreateIndexNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type PrimaryKeyConstraintNode,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';
import type { Writing } from '../read-database/read-database.js';

/** What tells the tables of one build from those of another: `lead_card` of `3_1` is stored as `lead_card__3_1`. */
export type BuildSuffix = string;

export const suffixOf = (version: number, serial: number): BuildSuffix => `${version}_${serial}`;
export const storedName = (name: string, suffix: BuildSuffix): string => `${name}__${suffix}`;

/**
 * The same transaction, in which a projection's tables go by their plain names and are those of one build. Indexes and
 * keys, whose names PostgreSQL wants to be unique as well, are named after the build too.
 */
export function onTablesOf(tx: Writing, tables: readonly string[], suffix: BuildSuffix): Writing {
  return tx.withPlugin(new TablesOfBuild(new BuildNames(new Set(tables), suffix)));
}

class TablesOfBuild implements KyselyPlugin {
  constructor(private readonly names: BuildNames) {}

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    return this.names.transformNode(node, queryId);
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }
}

class BuildNames extends OperationNodeTransformer {
  constructor(
    private readonly tables: ReadonlySet<string>,
    private readonly suffix: BuildSuffix,
  ) {
    super();
  }

  protected override transformTable(node: TableNode): TableNode {
    const { name } = node.table.identifier;
    return this.tables.has(name) ? TableNode.create(storedName(name, this.suffix)) : node;
  }

  protected override transformCreateIndex(node: CreateIndexNode): CreateIndexNode {
    return { ...super.transformCreateIndex(node), name: this.renamed(node.name) };
  }

  protected override transformPrimaryKeyConstraint(node: PrimaryKeyConstraintNode): PrimaryKeyConstraintNode {
    const transformed = super.transformPrimaryKeyConstraint(node);
    return node.name === undefined ? transformed : { ...transformed, name: this.renamed(node.name) };
  }

  private renamed({ name }: IdentifierNode): IdentifierNode {
    return IdentifierNode.create(storedName(name, this.suffix));
  }
}
