/** Where a PostgreSQL is: parsed, so that a message can name it without its password. */
export interface PostgresAddress {
  readonly url: string;
  /** `host:port/database` */
  readonly place: string;
  readonly user: string;
}

const TLS_MODES = ['disable', 'require', 'verify-full'];
const KNOWN = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * @param given `postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=FILE`; without `sslmode`
 * the connection is not encrypted
 * @param setting what it is the value of, for messages
 * @throws RangeError in one line, without the password
 */
export function postgresAddress(given: string, setting: string): PostgresAddress {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const refused = (rule: string): RangeError => new RangeError(`${setting}: ${rule}`);
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw refused('give postgres://user:password@host:port/database');
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  if (url.hostname === '' || url.username === '' || database === '' || database.includes('/')) {
    throw refused('host, user and database must be named: postgres://user:password@host:port/database');
  }
  for (const [name, value] of url.searchParams) {
    if (!KNOWN.includes(name)) throw refused(`takes no ${JSON.stringify(name)}, only ${KNOWN.join(', ')}`);
    if (name === 'sslmode' && !TLS_MODES.includes(value)) throw refused(`sslmode is one of ${TLS_MODES.join(', ')}`);
  }
  const place = `${url.hostname}:${url.port || '5432'}/${database}`;
  return { url: verified(url), place, user: decodeURIComponent(url.username) };
}

/** With TLS the certificate is always verified: encrypted to whoever answers is no protection. */
function verified(url: URL): string {
  const copy = new URL(url);
  if (copy.searchParams.get('sslmode') === 'require') copy.searchParams.set('sslmode', 'verify-full');
  return copy.href;
}
