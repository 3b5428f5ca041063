/** A server's address as `BATON_EVENT_STORE` gives it, checked. It holds a password: never log it. */
export interface EventStoreDbAddress {
  /** as the client understands it */
  readonly text: string;
  /** `host:port`, comma-separated: what may be shown */
  readonly shown: string;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly isTls: boolean;
  readonly credentials?: Credentials;
  /** PEM file of the authority that signed the server's certificate; absent: the system's authorities */
  readonly caFile?: string;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A setting of the event store that cannot be used; one clear line, without what may be secret in it. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

const FORM = 'esdb://USER:PASSWORD@HOST:2113?tlsCAFile=FILE';
const KEY = new RegExp(
  '^(tls|tlsCAFile|userCertFile|userKeyFile|nodePreference|maxDiscoverAttempts|discoveryInterval|gossipTimeout|' +
    'connectionName|keepAliveInterval|keepAliveTimeout)$',
);
const WHOLE = ['maxDiscoverAttempts', 'discoveryInterval', 'gossipTimeout', 'keepAliveInterval', 'keepAliveTimeout'];
/** The client warns on the console of less, with the whole address. */
const LEAST_KEEP_ALIVE_MS = 10_000;

/**
 * Reads `esdb://` and `esdb+discover://` strictly: the client itself prints what it does not understand, password
 * included, or goes on without it.
 *
 * @param setting names the setting in the error
 * @throws AddressRefused
 */
export function eventStoreDbAddress(text: string, setting = 'BATON_EVENT_STORE'): EventStoreDbAddress {
  const refuse = (rule: string): never => {
    throw new AddressRefused(`${setting}: ${rule}`);
  };
  const match = /^(esdb|esdb\+discover):\/\/(?:([^/?#]*)@)?([^/?#@]+)\/?(?:\?([^#]*))?$/.exec(text.trim());
  if (!match) return refuse(`must look like ${FORM}`);
  const [, scheme = '', user, authority = '', query = ''] = match;
  const options = optionsOf(query, refuse);
  const hosts = authority.split(',').map((one) => hostOf(one, refuse));
  const isTls = options.get('tls') !== 'false';
  const credentials = user === undefined ? undefined : credentialsOf(user, refuse);
  if (isTls && !credentials) refuse(`a server with TLS wants USER:PASSWORD@ before the host, as in ${FORM}`);
  const isCluster = scheme === 'esdb+discover' || hosts.length > 1;
  // Only the leader answers what was written last; the deciding side must not read an older state from a follower.
  if (isCluster && !options.has('nodePreference')) options.set('nodePreference', 'leader');
  const caFile = options.get('tlsCAFile');
  return {
    text: clientText(scheme, credentials, hosts, options),
    shown: hosts.map(({ host, port }) => `${host}:${port}`).join(','),
    hosts,
    isTls,
    ...(credentials && { credentials }),
    ...(caFile !== undefined && { caFile }),
  };
}

type Refuse = (rule: string) => never;

function optionsOf(query: string, refuse: Refuse): Map<string, string> {
  const options = new Map<string, string>();
  for (const pair of query === '' ? [] : query.split('&')) {
    const [key = '', value = '', more] = pair.split('=');
    if (!KEY.test(key) || value === '' || more !== undefined)
      refuse(`after "?" only ${KEY.source.slice(2, -2).replaceAll('|', ', ')} may stand, each as key=value`);
    if (key === 'tls' && value !== 'true' && value !== 'false') refuse('tls must be true or false');
    if (WHOLE.includes(key) && !/^\d{1,9}$/.test(value)) refuse(`${key} must be a whole number`);
    if (key === 'keepAliveInterval' && Number(value) < LEAST_KEEP_ALIVE_MS)
      refuse(`keepAliveInterval must be at least ${LEAST_KEEP_ALIVE_MS} ms`);
    options.set(key, decoded(value, refuse));
  }
  return options;
}

function hostOf(text: string, refuse: Refuse): { host: string; port: number } {
  const match = /^([A-Za-z0-9._-]{1,253}|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.[2] ?? 2113);
  if (!match?.[1] || port < 1 || port > 65_535) return refuse('each host must be HOST or HOST:PORT');
  return { host: match[1], port };
}

function credentialsOf(text: string, refuse: Refuse): Credentials {
  const match = /^([^:]+):([^:@]+)$/.exec(text);
  if (!match?.[1] || !match[2])
    return refuse('before "@" must stand USER:PASSWORD, with special characters percent-encoded');
  return { username: decoded(match[1], refuse), password: decoded(match[2], refuse) };
}

function decoded(text: string, refuse: Refuse): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('a "%" must begin a percent-encoded character');
  }
}

function clientText(
  scheme: string,
  credentials: Credentials | undefined,
  hosts: EventStoreDbAddress['hosts'],
  options: ReadonlyMap<string, string>,
): string {
  const user = credentials
    ? `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`
    : '';
  const query = [...options].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
  return `${scheme}://${user}${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}${query && `?${query}`}`;
}
