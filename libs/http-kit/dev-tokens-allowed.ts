import { isLoopback, StartRefused } from './start-refused.js';

export interface Exposure {
  /** the address that the server binds to */
  readonly host: string;
  /** an OIDC issuer is configured */
  readonly hasIssuer: boolean;
  /** names of settings that point to servers outside this process, such as BATON_EVENT_STORE */
  readonly externalServers: readonly string[];
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
