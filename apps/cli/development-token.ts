import { mkdirSync } from 'node:fs';
import type { Clock } from '../../libs/decider/clock.js';
import { DevTokenIssuer, devKeyFile, type DevTokenRequest } from '../../libs/http-kit/dev-tokens.js';

/**
 * A development token by the key of a data directory; the key is made where there is none yet.
 *
 * @throws RangeError naming the rule that the request breaks, DevKeyRefused
 */
export async function developmentToken(dataDir: string, request: DevTokenRequest, clock: Clock): Promise<string> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const issuer = await DevTokenIssuer.open(devKeyFile(dataDir), clock);
  return issuer.issue(request);
}
