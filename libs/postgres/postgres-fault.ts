import type { PostgresAddress } from './postgres-address.js';

/** What the driver throws, as far as we look at it: a server's error has a SQLSTATE, a connection's a code of Node's. */
interface DriverError {
  readonly code?: string;
  readonly message?: string;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Data, integrity, and limits of a row or a statement: the same rows would be refused again. */
const OF_THE_ROWS = /^(22|23|54)/;

/** The code alone: a message may repeat what a person typed. */
export function codeOf(error: unknown): string {
  const { code, message = '' } = Object(error) as DriverError;
  if (code !== undefined) return code;
  if (/timeout/i.test(message)) return 'TIMEOUT';
  return /connection|closed|ended|pool/i.test(message) ? 'CONNECTION' : 'UNKNOWN';
}

/** Whether the server looked at the rows and refused them; anything else may pass when tried again. */
export const isOfTheRows = (code: string): boolean => SQLSTATE.test(code) && OF_THE_ROWS.test(code);

/** Whether nothing can be said about the connection any more: the server did not answer, or ended the session. */
export const isOfTheConnection = (code: string): boolean => !SQLSTATE.test(code) || /^(08|57P|25P03)/.test(code);

/** Whether the same statement may pass when it is tried again at once. */
export const isPassing = (code: string): boolean => isOfTheConnection(code) || /^40/.test(code);

const CERTIFICATE = /CERT|SIGNATURE|ALTNAME|SSL|TLS/;

/** Why no connection can be had, in one line with a way out. */
export function whyNoConnection(error: unknown, { place, user }: PostgresAddress): string {
  const code = codeOf(error);
  const { message = '' } = Object(error) as DriverError;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ETIMEDOUT':
      return `no server answers at ${place} (${code}): check the address, and whether PostgreSQL runs there`;
    case '28P01':
    case '28000':
      return `PostgreSQL at ${place} does not let ${user} in: check user and password, and the server's pg_hba.conf`;
    case '3D000':
      return `PostgreSQL at ${place} has no such database: create it, owned by ${user}`;
    case '42501':
      return `${user} may not make tables at ${place}: grant CREATE on the database`;
    case '53300':
      return `PostgreSQL at ${place} has no connection left: raise max_connections, or lower the pool's size`;
    case '57P03':
      return `PostgreSQL at ${place} is starting or stopping: try again`;
    case 'ENOENT':
      return `a certificate file that is named for ${place} is not there: check sslrootcert, sslcert and sslkey`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${place} is for another name: give the address by that name`;
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${place} has expired: renew it`;
  }
  if (CERTIFICATE.test(code)) {
    return `the certificate of ${place} is not trusted (${code}): name its authority with sslrootcert=FILE`;
  }
  if (/SSL/.test(message))
    return `what answers at ${place} speaks no TLS: check the address, or the server's ssl setting`;
  if (SQLSTATE.test(code)) return `PostgreSQL at ${place} answers ${code}`;
  return `what answers at ${place} is no PostgreSQL, or does not answer in time: check host and port`;
}
