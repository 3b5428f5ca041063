import { isIP } from 'node:net';

export interface Exposure {
  /** the address that the server binds to */
  readonly host: string;
  /** an OIDC issuer is configured */
  readonly hasIssuer: boolean;
  /** names of settings that point to servers outside this process, such as BATON_EVENT_STORE */
  readonly externalServers: readonly string[];
}

export class StartRefused extends Error {
  override name = 'StartRefused';
}

/** 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * A key that lies on the machine may only open what never leaves the machine.
 *
 * @throws StartRefused with one line that says what to change
 */
export function assertDevTokensAllowed({ host, hasIssuer, externalServers }: Exposure): void {
  if (hasIssuer) {
    throw new StartRefused('development tokens are refused because an issuer is configured: use its tokens');
  }
  if (!isLoopback(host)) {
    throw new StartRefused(
      'development tokens are refused unless bound to loopback: configure an issuer, or bind to 127.0.0.1',
    );
  }
  if (externalServers.length > 0) {
    throw new StartRefused(
      `development tokens are refused while ${externalServers.join(', ')} is set: configure an issuer`,
    );
  }
}
