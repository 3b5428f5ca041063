export interface ServerPlan {
  /** folder of its own: settings, data and logs */
  readonly directory: string;
  /** on loopback; plain, without authentication */
  readonly port: number;
  readonly controllerPort: number;
  /** a listener that clients are told to reach at another port: that of a proxy between */
  readonly proxied?: { readonly port: number; readonly advertisedPort: number };
  /** a further listener with TLS and SASL, for tests of these */
  readonly secure?: SecureListener;
}

export interface SecureListener {
  readonly port: number;
  /** PEM file: private key, then certificate */
  readonly identityFile: string;
  readonly user: string;
  readonly password: string;
}

/**
 * One node that is broker and controller. Replication is 1 where a cluster would have 3; the two session times let a
 * broker that was killed come back in 4 s, instead of being refused for 13.
 */
export function serverProperties({ directory, port, controllerPort, proxied, secure }: ServerPlan): string {
  const always = [`PLAINTEXT://127.0.0.1:${port}`, ...(secure ? [`SASL_SSL://127.0.0.1:${secure.port}`] : [])];
  const listeners = [...always, ...(proxied ? [`PROXIED://127.0.0.1:${proxied.port}`] : [])];
  const advertised = [...always, ...(proxied ? [`PROXIED://127.0.0.1:${proxied.advertisedPort}`] : [])];
  return lines({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${controllerPort}`].join(','),
    'advertised.listeners': advertised.join(','),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': `${directory}/data`,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
    ...(secure ? secureProperties(secure) : {}),
  });
}

function secureProperties({ identityFile, user, password }: SecureListener): Record<string, string> {
  const login = (module: string): string =>
    `org.apache.kafka.common.security.${module} required username="${user}" password="${password}"`;
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.sasl_ssl.plain.sasl.jaas.config': `${login('plain.PlainLoginModule')} user_${user}="${password}";`,
    'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': `${login('scram.ScramLoginModule')};`,
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${login('scram.ScramLoginModule')};`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': identityFile,
  };
}

/** Errors and the start, to a file in the server's folder. */
export const loggingProperties = (directory: string): string =>
  lines({
    status: 'ERROR',
    'appender.file.type': 'File',
    'appender.file.name': 'file',
    'appender.file.fileName': `${directory}/server.log`,
    'appender.file.layout.type': 'PatternLayout',
    'appender.file.layout.pattern': '%d %p %c{1} %m%n',
    'rootLogger.level': 'WARN',
    'rootLogger.appenderRef.file.ref': 'file',
  });

const lines = (properties: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
