/** The arrows of the architecture: apps → capabilities → ports and domain. Held in CI. */
const domain = '^libs/(lead-lifecycle|agreements|contacts)/';
const capabilities =
  '^libs/(erasure|event-relay|lead-commands|lead-feed|lead-routing|team-views|exports|witness|ownership-trail)/';
const specs = '\\.(spec|spec-kit)\\.ts$';
export default {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'The domain knows no framework, no I/O and no clock: only itself and xstate.',
      severity: 'error',
      from: { path: domain, pathNot: specs },
      to: { pathNot: [domain, '^libs/(decider|shape)/', '^node_modules/xstate'] },
    },
    {
      name: 'transparency-log-is-pure',
      comment: 'Formats and proofs, for whoever verifies: only itself and node:crypto.',
      severity: 'error',
      from: { path: '^libs/transparency-log/', pathNot: specs },
      to: { pathNot: ['^libs/transparency-log/', '^(node:)?crypto$'] },
    },
    {
      name: 'verifier-needs-no-server',
      comment:
        'What proves or disproves a log works with no network, no service and no database: only fetch, for --log URL.',
      severity: 'error',
      from: {
        path: '^libs/ownership-trail/(audit-bundle|audit-receipts|fsck|log-check|log-monitor|verify-bundle)\\.ts$',
      },
      to: {
        path: [
          '^node_modules/(@nestjs|@fastify|fastify|pino|kysely|kafkajs|pg|better-sqlite3|@eventstore|@grpc)',
          '^(node:)?(http|https|http2|net|tls|dgram|dns)$',
        ],
        reachable: true,
      },
    },
    { name: 'libs-know-no-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^(apps|test|bench)/' } },
    {
      name: 'ports-know-no-capabilities',
      severity: 'error',
      from: { path: '^libs/', pathNot: [capabilities] },
      to: { path: capabilities },
    },
    {
      name: 'sqlite-driver-only-in-its-adapters',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/(event-store|exports|read-database|personal-data|witness)/sqlite', specs],
      },
      to: { path: '^node_modules/better-sqlite3' },
    },
    {
      name: 'eventstoredb-driver-only-in-its-adapter',
      severity: 'error',
      from: { path: '^(apps|libs|bench|tools)/', pathNot: ['^libs/event-store/eventstoredb/', specs] },
      to: { path: '^node_modules/@eventstore/' },
    },
    {
      name: 'kafka-driver-only-in-its-adapters',
      severity: 'error',
      from: {
        path: '^(apps|libs|tools)/',
        pathNot: ['^libs/(kafka-client|event-feed/kafka|event-relay/kafka)/', specs],
      },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'postgres-driver-only-in-its-adapters',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/postgres/', specs] },
      to: { path: '^node_modules/(@types/)?pg(-|/)' },
    },
    {
      name: 'nothing-from-spec-code',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: specs },
      to: { path: specs },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
    exclude: { path: '^(dist|bench/peers)/' },
  },
};
